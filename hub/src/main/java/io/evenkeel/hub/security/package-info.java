/// Who may do what: accounts, sessions, API tokens, the set-up link, the audit log.
@NullMarked
package io.evenkeel.hub.security;

import org.jspecify.annotations.NullMarked;
