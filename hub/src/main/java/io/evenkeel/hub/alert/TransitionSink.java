package io.evenkeel.hub.alert;

import io.evenkeel.hub.db.Transaction;
import java.util.List;

/// Takes part in the transaction that changes alerts, so that what follows from a change is there
/// exactly when the change is.
public interface TransitionSink {
  /// Is told of changes, inside their transaction.
  void accept(Transaction transaction, List<Transition> transitions);

  /// The transaction is on disk.
  void committed();
}
