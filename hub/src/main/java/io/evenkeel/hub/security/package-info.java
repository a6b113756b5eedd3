/// Who may do what: set-up link, accounts, sessions, API tokens, roles, audit.
@NullMarked
package io.evenkeel.hub.security;

import org.jspecify.annotations.NullMarked;
