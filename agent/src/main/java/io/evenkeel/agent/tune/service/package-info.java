/// Configuration files of services whose directives may be changed: what the server's own policy
/// says of them, how their lines are read, how a file is replaced, and how a service takes it.
/// Nothing here follows a symbolic link or starts a shell.
@NullMarked
package io.evenkeel.agent.tune.service;

import org.jspecify.annotations.NullMarked;
