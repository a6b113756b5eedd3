@NullMarked
package io.evenkeel.hub.ruletest;

import org.jspecify.annotations.NullMarked;
