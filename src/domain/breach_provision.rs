//! The provisions that make a breach an offence, and the orders that each is about (SOA 2003; domain rules, 1.4).

use serde::{Deserialize, Serialize};

use super::breach::BreachKind;
use super::order::OrderKind;

/// A provision of the Sexual Offences Act 2003.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provision {
    /// Failing to notify, or notifying what is false. `[S]`
    #[serde(rename = "s.91")]
    S91,
    /// Breach of a sexual harm prevention order, also of a legacy SOPO or foreign travel order. `[M]`
    #[serde(rename = "s.103I")]
    S103I,
    /// Breach of a SOPO (legacy). `[S]`
    #[serde(rename = "s.113")]
    S113,
    /// Breach of a sexual risk order, also of a legacy RSHO. `[M]`
    #[serde(rename = "s.122H")]
    S122H,
    /// Breach of a RSHO (legacy). `[S]`
    #[serde(rename = "s.128")]
    S128,
}

impl Provision {
    /// Every provision.
    pub const ALL: [Self; 5] = [Self::S91, Self::S103I, Self::S113, Self::S122H, Self::S128];

    /// The provision as records name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S91 => "s.91",
            Self::S103I => "s.103I",
            Self::S113 => "s.113",
            Self::S122H => "s.122H",
            Self::S128 => "s.128",
        }
    }

    /// What it makes an offence to breach.
    #[must_use]
    pub const fn kind(self) -> BreachKind {
        match self {
            Self::S91 => BreachKind::Notification,
            Self::S103I | Self::S113 | Self::S122H | Self::S128 => BreachKind::Order,
        }
    }

    /// The kinds of order that it is about; none of notification requirements.
    #[must_use]
    pub const fn orders(self) -> &'static [OrderKind] {
        match self {
            Self::S91 => &[],
            Self::S103I => &[OrderKind::Shpo, OrderKind::InterimShpo, OrderKind::Sopo, OrderKind::ForeignTravelOrder],
            Self::S113 => &[OrderKind::Sopo],
            Self::S122H => &[OrderKind::Sro, OrderKind::InterimSro, OrderKind::Rsho],
            Self::S128 => &[OrderKind::Rsho],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provision_fits_the_orders_it_is_about_and_is_written_as_it_is_named() {
        use OrderKind::{ForeignTravelOrder, InterimShpo, InterimSro, NotificationOrder, Other, Rsho, Shpo, Sopo, Sro};
        let all = [Shpo, InterimShpo, Sopo, Sro, InterimSro, Rsho, ForeignTravelOrder, NotificationOrder, Other];
        for (provision, kind, fits) in [
            (Provision::S91, BreachKind::Notification, vec![]),
            (Provision::S103I, BreachKind::Order, vec![Shpo, InterimShpo, Sopo, ForeignTravelOrder]),
            (Provision::S113, BreachKind::Order, vec![Sopo]),
            (Provision::S122H, BreachKind::Order, vec![Sro, InterimSro, Rsho]),
            (Provision::S128, BreachKind::Order, vec![Rsho]),
        ] {
            assert_eq!(provision.kind(), kind);
            let found: Vec<OrderKind> = all.into_iter().filter(|order| provision.orders().contains(order)).collect();
            assert_eq!(found, fits, "{}", provision.as_str());
            assert_eq!(serde_json::to_value(provision).unwrap(), provision.as_str());
        }
        assert_eq!(Provision::ALL.len(), 5);
    }
}
