package io.evenkeel;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.evenkeel.agent.collect.Collector;
import io.evenkeel.agent.collect.Collectors;
import io.evenkeel.gateway.policy.Policies;
import io.evenkeel.gateway.policy.Policy;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;

/// The arrows between the modules and packages, and the names and calls that the house does
/// without. ARCHITECTURE.md has the reasons.
@AnalyzeClasses(packages = "io.evenkeel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String MODEL = "io.evenkeel.model..";
  private static final String TSDB = "io.evenkeel.tsdb..";
  private static final String STORAGE = "io.evenkeel.tsdb.storage..";
  private static final String PROMQL = "io.evenkeel.promql..";
  private static final String AGENT = "io.evenkeel.agent..";
  private static final String GATEWAY = "io.evenkeel.gateway..";
  private static final String HUB = "io.evenkeel.hub..";

  @ArchTest
  static final ArchRule model_knows_no_other_module =
      noClasses()
          .that()
          .resideInAPackage(MODEL)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TSDB, PROMQL, AGENT, GATEWAY, HUB);

  @ArchTest
  static final ArchRule the_store_knows_only_the_model =
      noClasses()
          .that()
          .resideInAPackage(TSDB)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROMQL, AGENT, GATEWAY, HUB);

  @ArchTest
  static final ArchRule promql_sees_of_the_store_only_its_interfaces =
      noClasses()
          .that()
          .resideInAPackage(PROMQL)
          .and(resideOutsideOfPackages("io.evenkeel.promql.promtest.."))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(AGENT, GATEWAY, HUB)
                  .or(resideInAnyPackage(TSDB).and(resideOutsideOfPackages(STORAGE))));

  @ArchTest
  static final ArchRule promql_test_scripts_run_on_the_store_in_memory =
      noClasses()
          .that()
          .resideInAPackage("io.evenkeel.promql.promtest..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(AGENT, GATEWAY, HUB, "io.evenkeel.tsdb.engine.."));

  @ArchTest
  static final ArchRule agent_and_gateway_know_only_the_model =
      noClasses()
          .that()
          .resideInAnyPackage(AGENT, GATEWAY)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(TSDB, PROMQL, HUB)
                  .or(resideInAnyPackage("tools.jackson..", "io.helidon..", "org.slf4j..")));

  @ArchTest
  static final ArchRule the_agent_knows_no_gateway =
      noClasses()
          .that()
          .resideInAPackage(AGENT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(GATEWAY);

  @ArchTest
  static final ArchRule netty_only_in_the_gateway =
      noClasses()
          .that()
          .resideOutsideOfPackage(GATEWAY)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule helidon_only_at_the_front_door =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.evenkeel.hub.api..", "io.evenkeel.hub.wiring..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.helidon..");

  @ArchTest
  static final ArchRule jdbi_only_in_db_and_stores =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.evenkeel.hub.db..")
          .and(DescribedPredicate.not(belongToAStore()))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.jdbi..", "java.sql..", "com.zaxxer..", "org.flywaydb..", "org.sqlite..");

  @ArchTest
  static final ArchRule only_the_commands_know_the_wiring =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.evenkeel.hub.wiring..", "io.evenkeel.hub.command..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.evenkeel.hub.wiring..");

  @ArchTest
  static final ArchRule features_know_no_http =
      noClasses()
          .that()
          .resideInAPackage(HUB)
          .and(resideOutsideOfPackages("io.evenkeel.hub.api..", "io.evenkeel.hub.wiring.."))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.evenkeel.hub.api..");

  @ArchTest
  static final ArchRule hub_packages_have_no_cycles =
      slices().matching("io.evenkeel.hub.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule gateway_packages_have_no_cycles =
      slices().matching("io.evenkeel.gateway.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule pools_know_no_sockets =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY)
          .and(resideOutsideOfPackages("io.evenkeel.gateway.proxy.."))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..")
          .because("a simulator with a virtual clock drives them");

  @ArchTest
  static final ArchRule every_policy_stands_in_the_list =
      classes()
          .that()
          .implement(Policy.class)
          .should(
              new ArchCondition<>("be named in Policies") {
                @Override
                public void check(JavaClass policy, ConditionEvents events) {
                  boolean listed =
                      policy.getAccessesToSelf().stream()
                          .anyMatch(
                              access -> access.getOriginOwner().isEquivalentTo(Policies.class));
                  events.add(
                      new SimpleConditionEvent(
                          policy, listed, policy.getName() + " stands in Policies.BY_NAME"));
                }
              });

  @ArchTest
  static final ArchRule agent_packages_have_no_cycles =
      slices().matching("io.evenkeel.agent.collect.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule store_packages_have_no_cycles =
      slices().matching("io.evenkeel.tsdb.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule promql_packages_have_no_cycles =
      slices().matching("io.evenkeel.promql.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule names_tell_the_job =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Impl")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager");

  @ArchTest
  static final ArchRule time_is_given =
      noClasses()
          .that(
              DescribedPredicate.not(
                  nameMatching(
                      "io\\.evenkeel\\.(hub\\.(Main|StartRehearsal)|agent\\.(AgentMain|AgentRehearsal|tuner\\.TunerMain))")))
          .and(resideOutsideOfPackages("io.evenkeel.hub.wiring.."))
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(LocalDate.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .orShould()
          .callMethod(Clock.class, "systemDefaultZone")
          .because("a test must be able to set the time: take a Clock or InstantSource");

  @ArchTest
  static final ArchRule no_java_serialisation_scripts_or_jndi =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "javax.naming..", "javax.script..", "java.rmi..", "javax.management..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream");

  @ArchTest
  static final ArchRule every_collector_stands_in_the_list =
      classes()
          .that()
          .implement(Collector.class)
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .should(
              new ArchCondition<>("be named in Collectors") {
                @Override
                public void check(JavaClass collector, ConditionEvents events) {
                  boolean listed =
                      collector.getAccessesToSelf().stream()
                          .anyMatch(
                              access -> access.getOriginOwner().isEquivalentTo(Collectors.class));
                  events.add(
                      new SimpleConditionEvent(
                          collector, listed, collector.getName() + " stands in Collectors.ALL"));
                }
              });

  private static DescribedPredicate<JavaClass> belongToAStore() {
    return DescribedPredicate.describe(
        "belong to a *Store",
        javaClass -> {
          JavaClass outer = javaClass;
          while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
          }
          return outer.getSimpleName().endsWith("Store");
        });
  }
}
