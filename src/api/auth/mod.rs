//! Who is asking, and what they may do. There is no way to switch it off.
//!
//! A token (JWT, RFC 7519) is checked against the keys in the settings, or at a door of its own a client certificate against its issuers; what they say makes a
//! [`Person`](crate::casework::actor::Person); a handler names the act it carries out in its signature.

pub mod act;
pub mod certificate;
pub mod development_key;
pub mod key;
pub mod permit;
pub mod token;
