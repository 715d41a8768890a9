//! What is counted, for Prometheus. Labels are route templates, methods and statuses: never a reference.

use std::time::Duration;

use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

/// What is counted.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    imports: IntCounterVec,
    events: IntCounterVec,
    feeds: IntGaugeVec,
}

/// A feed, counted as long as this is held.
#[derive(Debug)]
pub struct CountedFeed(IntGauge);

impl Drop for CountedFeed {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Nothing counted yet.
    ///
    /// # Errors
    /// Never: the names are fixed and differ.
    pub fn new() -> prometheus::Result<Self> {
        let requests = HistogramVec::new(
            HistogramOpts::new("mosovo_http_request_duration_seconds", "How long requests took, by route."),
            &["method", "route", "status"],
        )?;
        let imports =
            IntCounterVec::new(Opts::new("mosovo_imports_total", "Imports over HTTP, by how they ended."), &["state"])?;
        let events = IntCounterVec::new(
            Opts::new("mosovo_import_events_total", "Events of those imports, by what came of them."),
            &["outcome"],
        )?;
        let feeds = IntGaugeVec::new(
            Opts::new(
                "mosovo_feeds",
                "Feeds over HTTP at the moment: those under way, and those waiting for their turn.",
            ),
            &["state"],
        )?;
        let registry = Registry::new();
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(imports.clone()))?;
        registry.register(Box::new(events.clone()))?;
        registry.register(Box::new(feeds.clone()))?;
        Ok(Self { registry, requests, imports, events, feeds })
    }

    /// Counts a request.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).observe(took.as_secs_f64());
    }

    /// Counts an import and its events.
    pub fn import(&self, state: &str, outcomes: &[(&str, u64)]) {
        self.imports.with_label_values(&[state]).inc();
        for (outcome, events) in outcomes {
            self.events.with_label_values(&[*outcome]).inc_by(*events);
        }
    }

    /// Counts a feed among those in a state, until what is given back is dropped.
    #[must_use]
    pub fn feed(&self, state: &str) -> CountedFeed {
        let gauge = self.feeds.with_label_values(&[state]);
        gauge.inc();
        CountedFeed(gauge)
    }

    /// All of it as text.
    ///
    /// # Errors
    /// When the text cannot be written.
    pub fn text(&self) -> prometheus::Result<(String, Vec<u8>)> {
        let encoder = TextEncoder::new();
        let mut text = Vec::new();
        encoder.encode(&self.registry.gather(), &mut text)?;
        Ok((encoder.format_type().to_owned(), text))
    }
}
