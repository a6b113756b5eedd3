/// Unit tests of rule files, in promtool's format.
@NullMarked
package io.evenkeel.hub.ruletest;

import org.jspecify.annotations.NullMarked;
