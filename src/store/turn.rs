//! Turns among the writers of one process on SQLite, which has one writer at a time and no queue: who comes first goes
//! first, so that many readers, each with its entry in the audit, never keep an import waiting until it gives up.

use std::sync::{Condvar, Mutex, PoisonError};

/// A queue of writers.
#[derive(Debug, Default)]
pub(super) struct Turns {
    tickets: Mutex<Tickets>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct Tickets {
    next: u64,
    now_serving: u64,
}

/// A turn that has come; it ends where this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    /// Waits until everybody who came before is done.
    pub(super) fn wait(&self) -> Turn<'_> {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = tickets.next;
        tickets.next = tickets.next.wrapping_add(1);
        while tickets.now_serving != mine {
            tickets = self.called.wait(tickets).unwrap_or_else(PoisonError::into_inner);
        }
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut tickets = self.0.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.now_serving = tickets.now_serving.wrapping_add(1);
        self.0.called.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn who_comes_first_goes_first() {
        let turns = Turns::default();
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            let first = turns.wait();
            for number in 0..5 {
                let (turns, sender) = (&turns, sender.clone());
                scope.spawn(move || {
                    let turn = turns.wait();
                    sender.send(number).unwrap();
                    drop(turn);
                });
                // The next comes only once this one has its ticket.
                while turns.tickets.lock().unwrap().next != number + 2 {
                    std::thread::yield_now();
                }
            }
            drop(first);
        });
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }
}
