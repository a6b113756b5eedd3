/// What a diagnosis says: causes, evidence, culprits, advice, verdicts.
@NullMarked
package io.evenkeel.hub.diagnose.finding;

import org.jspecify.annotations.NullMarked;
