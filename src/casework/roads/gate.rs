//! The gate before the road service: no connection to a host that may not be asked.
//!
//! The addresses that a name has now are looked at, and those very ones are connected to: a name that changes its addresses
//! between the look and the connection gains nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::address::is_private;
use crate::planning::road_matrix::FallBack;

/// The host may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the road service's host may not be asked: {}", .0.as_str())]
pub(super) struct Refused(pub(super) FallBack);

/// Looks names up, and lets through the addresses that may be connected to.
#[derive(Debug, Clone)]
pub(super) struct Gate<R = Arc<DefaultResolver>> {
    lookup: R,
    /// Why a host outside of private networks may not be asked.
    outside: Option<FallBack>,
    went_outside: Arc<AtomicBool>,
}

impl Gate {
    /// A gate to a service; `is_approved` where a host outside of private networks may be asked, which then must be encrypted.
    pub(super) fn new(is_approved: bool, is_encrypted: bool) -> Self {
        Self::before(Arc::default(), is_approved, is_encrypted)
    }
}

impl<R> Gate<R> {
    fn before(lookup: R, is_approved: bool, is_encrypted: bool) -> Self {
        let outside = match (is_approved, is_encrypted) {
            (false, _) => Some(FallBack::HostNotPrivate),
            (true, false) => Some(FallBack::NotEncrypted),
            (true, true) => None,
        };
        Self { lookup, outside, went_outside: Arc::default() }
    }

    /// True once an address outside of private networks has been let through.
    pub(super) fn went_outside(&self) -> bool {
        self.went_outside.load(Ordering::Relaxed)
    }

    fn let_through(&self, found: ResolvedSocketAddrs) -> Result<ResolvedSocketAddrs, Error> {
        if found.iter().all(|address| is_private(address.ip())) {
            return Ok(found);
        }
        match self.outside {
            Some(reason) => Err(Error::Other(Box::new(Refused(reason)))),
            None => {
                self.went_outside.store(true, Ordering::Relaxed);
                Ok(found)
            }
        }
    }
}

impl Resolver for Gate {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        self.let_through(self.lookup.resolve(uri, config, timeout)?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{SocketAddr, TcpListener};

    use ureq::Agent;
    use ureq::unversioned::transport::DefaultConnector;

    use super::*;

    /// A name server that gives every name these addresses.
    #[derive(Debug, Clone)]
    struct Names(Vec<SocketAddr>);

    impl Resolver for Gate<Names> {
        fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
            let mut found = self.empty();
            self.lookup.0.iter().for_each(|address| found.push(*address));
            self.let_through(found)
        }
    }

    fn outcome(gate: &Gate<Names>) -> Result<(), Option<Refused>> {
        let limit = Some(std::time::Duration::from_millis(50));
        let config = Config::builder().proxy(None).timeout_global(limit).build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), gate.clone());
        let told = agent.get("http://roads.invalid/").call();
        told.map(drop).map_err(|error| {
            let Error::Other(inner) = error else { return None };
            inner.downcast_ref::<Refused>().copied()
        })
    }

    #[test]
    fn a_name_with_one_address_outside_is_not_connected_to_at_all() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (here, outside) = (listener.local_addr().unwrap(), "203.0.113.7:80".parse().unwrap());
        for (addresses, is_approved, reason) in [
            (vec![here, outside], false, FallBack::HostNotPrivate),
            (vec![outside, here], false, FallBack::HostNotPrivate),
            (vec![outside], false, FallBack::HostNotPrivate),
            (vec![here, outside], true, FallBack::NotEncrypted),
        ] {
            let gate = Gate::before(Names(addresses), is_approved, false);
            assert_eq!(outcome(&gate), Err(Some(Refused(reason))));
            assert!(!gate.went_outside());
            assert_eq!(listener.accept().err().map(|error| error.kind()), Some(ErrorKind::WouldBlock), "nothing came");
        }
        let gate = Gate::before(Names(vec![here]), false, false);
        assert_eq!(outcome(&gate), Err(None), "let through, and nobody answers");
        assert!(listener.accept().is_ok(), "what was looked at is what is connected to");
    }

    #[test]
    fn an_approved_host_is_let_through_encrypted_and_is_known_to_lie_outside() {
        let addresses = |address: &str| {
            let mut found = ResolvedSocketAddrs::from_fn(|_| "0.0.0.0:0".parse().unwrap());
            found.push(address.parse().unwrap());
            found
        };
        let gate = Gate::new(true, true);
        assert!(gate.let_through(addresses("10.0.0.1:443")).is_ok() && !gate.went_outside());
        let found = gate.let_through(addresses("203.0.113.7:443")).unwrap();
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["203.0.113.7:443"]);
        assert!(gate.went_outside());
    }
}
