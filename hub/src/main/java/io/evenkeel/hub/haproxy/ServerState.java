package io.evenkeel.hub.haproxy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A line of `show servers state` (HAProxy's management guide, section 9.3): what the statistics do
/// not tell, above all the weight by configuration.
///
/// @param running whether it passes its checks
/// @param administrative why it gets no new requests (`srv_admin_state`), as bits; 0 for none
/// @param weight the one it was given last
/// @param initialWeight the one by configuration
record ServerState(
    String backend,
    String server,
    boolean running,
    int administrative,
    int weight,
    int initialWeight) {
  private static final List<String> NEEDED =
      List.of(
          "be_name", "srv_name", "srv_op_state", "srv_admin_state", "srv_uweight", "srv_iweight");

  /// The lines of an answer.
  ///
  /// @throws IllegalArgumentException when it is not what HAProxy answers
  static List<ServerState> parse(String answer) {
    List<ServerState> states = new ArrayList<>();
    int[] at = {};
    for (String line : answer.split("\n", -1)) {
      String[] words = line.strip().split(" +", -1);
      if (line.startsWith("# ")) {
        List<String> names = Arrays.asList(words).subList(1, words.length);
        at = NEEDED.stream().mapToInt(names::indexOf).toArray();
      } else if (at.length == NEEDED.size() && words.length > Arrays.stream(at).max().orElse(0)) {
        states.add(
            new ServerState(
                words[at[0]],
                words[at[1]],
                !words[at[2]].equals("0"),
                Integer.parseInt(words[at[3]]),
                Integer.parseInt(words[at[4]]),
                Integer.parseInt(words[at[5]])));
      }
    }
    if (at.length == 0 || Arrays.stream(at).anyMatch(i -> i < 0)) {
      throw new IllegalArgumentException("it does not tell its servers' states: " + answer.strip());
    }
    return states;
  }
}
