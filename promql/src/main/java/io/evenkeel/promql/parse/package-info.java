/// From text to a typed syntax tree: lexer, Pratt parser, type rules, formatter.
@NullMarked
package io.evenkeel.promql.parse;

import org.jspecify.annotations.NullMarked;
