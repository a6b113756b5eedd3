package io.evenkeel.hub.fleet;

import java.util.List;
import java.util.Map;

/// A part of the fleet, and what there is in all.
///
/// @param total how many hosts there are
/// @param matched how many are like asked for
/// @param statuses how many there are of each status among those asked for, were all statuses
///   wanted
/// @param groups every group with how many hosts it has
/// @param tags every tag with how many hosts have it
/// @param owners every owner with how many hosts they look after
/// @param outdated how many of all hosts have an agent of an older version than the hub
/// @param version the hub's
/// @param retired how many servers were retired, which are no hosts any more
/// @param cores of the hosts asked for that report, as far as they are known
/// @param memoryBytes of the hosts asked for that report, as far as they are known
/// @param usedCores how many of the cores are busy
/// @param usedMemoryBytes how much of the memory is used
public record FleetPage(
    int total,
    int matched,
    Map<FleetStatus, Integer> statuses,
    Map<String, Integer> groups,
    Map<String, Integer> tags,
    Map<String, Integer> owners,
    int outdated,
    String version,
    int retired,
    long cores,
    long memoryBytes,
    double usedCores,
    double usedMemoryBytes,
    List<FleetHost> hosts) {}
