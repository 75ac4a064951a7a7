//! A portal that shows hostile recordings, and how it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use podside_replay::Recording;

use crate::answer::Answer;
use crate::recording::{kept, with_text};
use crate::serving::Serving;
use crate::text::{hostile, hostile_name};

/// How long the recordings may take to be read and judged.
const READ_WITHIN: Duration = Duration::from_mins(1);

/// How long a front page stays as it is before it counts as settled.
const SETTLED_FOR: Duration = Duration::from_secs(1);

/// Pages of one kind that are looked at.
const OF_ONE_KIND: usize = 2;

/// A portal on recordings whose names are hostile.
pub(crate) struct Hostile {
    pub(crate) serving: Serving,
    /// The names of its clusters as the portal shows them, the practice cluster last.
    pub(crate) clusters: Vec<String>,
}

impl Hostile {
    /// A portal on one recording with hostile texts.
    pub(crate) fn with_texts() -> Self {
        Self::on([(with_text(&hostile()), hostile_name())].into())
    }

    /// A portal on recordings, each with its file's name.
    pub(crate) fn on(recordings: Vec<(Recording, String)>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let paths: Vec<_> = recordings
            .iter()
            .map(|(recording, name)| kept(recording, home.path(), name))
            .collect();
        let serving = Serving::start_with(home, |command| {
            for path in &paths {
                command.arg("--replay").arg(path);
            }
        });
        let mut hostile = Self {
            serving,
            clusters: Vec::new(),
        };
        let front = hostile.get("/");
        front.is_legible("/");
        for name in front.links().iter().filter_map(|it| cluster_of(it)) {
            if !hostile.clusters.contains(&name) {
                hostile.clusters.push(name);
            }
        }
        assert_eq!(
            hostile.clusters.len(),
            paths.len() + 1,
            "{:?}",
            hostile.clusters
        );
        hostile
    }

    /// A portal on the practice cluster alone.
    pub(crate) fn practice() -> Self {
        Self {
            serving: Serving::start(),
            clusters: Vec::new(),
        }
    }

    pub(crate) fn get(&self, address: &str) -> Answer {
        self.ask("GET", address, "Accept: text/html\r\n", "")
    }

    /// HTTP/1.0, so that the answer comes in one piece.
    pub(crate) fn ask(&self, method: &str, address: &str, headers: &str, body: &str) -> Answer {
        Answer::read(&self.serving.ask(&format!(
            "{method} {address} HTTP/1.0\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )))
    }

    /// The front page of a cluster once it is read and judged, and stays as it is for a while:
    /// the logs that the rules want come after the first diagnosis.
    pub(crate) fn judged(&self, cluster: &str) -> Answer {
        let begun = Instant::now();
        let mut before = None;
        loop {
            let page = self.get(&format!("/?cluster={}", encoded(cluster)));
            let links = page.links();
            let is_judged = links.iter().any(|it| it.starts_with("/problems/"));
            let outline = Some(page.outline()).filter(|_| is_judged);
            if outline.is_some() && outline == before {
                return page;
            }
            before = outline;
            assert!(begun.elapsed() < READ_WITHIN, "{cluster}: {}", page.body);
            std::thread::sleep(SETTLED_FOR);
        }
    }

    /// Some pages of every kind that one comes to from a cluster's front page.
    pub(crate) fn pages(&self, cluster: &str) -> BTreeMap<String, Vec<(String, Answer)>> {
        let mut pages: BTreeMap<String, Vec<(String, Answer)>> = BTreeMap::new();
        let mut known = BTreeSet::new();
        let mut next = self.judged(cluster).links();
        while let Some(address) = next.pop() {
            let of = kind_of(&address);
            let elsewhere = cluster_of(&address).is_some_and(|it| it != cluster);
            let enough = pages.get(&of).is_some_and(|it| it.len() >= OF_ONE_KIND);
            if elsewhere || enough || !known.insert(address.clone()) {
                continue;
            }
            let page = self.get(&address);
            let is_page = page
                .header("content-type")
                .is_some_and(|it| it.starts_with("text/html"));
            if is_page && !address.starts_with("/preferences") {
                next.splice(0..0, page.links());
                pages.entry(of).or_default().push((address, page));
            }
        }
        pages
    }
}

/// A text as it stands in an address that the portal makes.
pub(crate) fn encoded(text: &str) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The cluster that an address names.
pub(crate) fn cluster_of(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "cluster").then(|| value.into_owned()))
}

/// The kind of a page: the first part of its path, the kind of its object, its tab.
fn kind_of(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let parts: Vec<&str> = path.split('/').skip(1).take(2).collect();
    let tab = url::form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == "tab").then(|| value.into_owned()));
    let parts = if parts[0] == "problems" {
        &parts[..1]
    } else {
        &parts[..]
    };
    format!("{} {}", parts.join("/"), tab.unwrap_or_default())
}
