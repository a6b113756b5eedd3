/// YAML files that people write, read field by field, with the place of everything that is wrong.
@NullMarked
package io.evenkeel.hub.yaml;

import org.jspecify.annotations.NullMarked;
