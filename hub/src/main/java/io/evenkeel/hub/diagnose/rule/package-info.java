/// The rules of the catalogue, one file each, in DiagnosisRules.ALL.
@NullMarked
package io.evenkeel.hub.diagnose.rule;

import org.jspecify.annotations.NullMarked;
