//! The HTTP service. A handler is four moves: take the request apart, ask for the permit, one use
//! case, the view of what came of it.

pub mod acting;
pub mod allocations;
pub mod answer;
pub mod as_at;
pub mod assessments;
pub mod audit;
pub mod auth;
pub mod casework;
pub mod changes;
pub mod dashboards;
pub mod dates;
pub mod error;
pub mod flags;
pub mod forecasts;
pub mod health;
pub mod jobs;
pub mod metrics;
pub mod offenders;
pub mod openapi;
pub mod page;
pub mod paging;
pub mod people;
pub mod plans;
pub mod precondition;
pub mod records;
pub mod respond;
pub mod road_service;
pub mod routes;
pub mod schedules;
pub mod service;
pub mod staff;
pub mod trace;
pub mod view;
pub mod visits;
pub mod worklists;
