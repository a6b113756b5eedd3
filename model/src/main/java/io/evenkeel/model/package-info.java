/// What travels between the parts: labels, samples, native histograms, metadata.
@NullMarked
package io.evenkeel.model;

import org.jspecify.annotations.NullMarked;
