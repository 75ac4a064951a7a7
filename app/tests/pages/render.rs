//! Rendering one address to the HTML that the server would send.

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use leptos::prelude::*;
use leptos_meta::ServerMetaContext;
use leptos_router::location::RequestUrl;
use podside_app::pages::SentSharing;
use podside_app::preferences::Preferences;
use podside_app::shell::{SiteFiles, shell};
use podside_app::status::PageStatus;
use podside_app::{Portal, SharedPortal, Viewer};
use podside_model::Lang;

/// What the server would answer.
pub(crate) struct Rendered {
    pub(crate) status: u16,
    pub(crate) html: String,
}

impl Rendered {
    /// The text that a reader sees: tags and comments removed, entities read.
    pub(crate) fn text(&self) -> String {
        let body = self.html.split("<body").nth(1).unwrap_or_default();
        let mut text = String::new();
        let mut inside = true;
        for c in body.chars() {
            match c {
                '<' => inside = true,
                '>' if inside => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        let text = self.text();
        assert!(
            text.contains(words),
            "{words:?} is not on the page:\n{text}"
        );
        self
    }

    #[track_caller]
    pub(crate) fn has(&self, markup: &str) -> &Self {
        assert!(
            self.html.contains(markup),
            "{markup:?} is not in the markup:\n{}",
            self.html
        );
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, markup: &str) -> &Self {
        assert!(
            !self.html.contains(markup),
            "{markup:?} is in the markup:\n{}",
            self.html
        );
        self
    }
}

/// Renders `address` for a reader of `lang` and leaves the page under `name`.
pub(crate) async fn render(
    name: &str,
    address: &str,
    lang: Lang,
    answers: impl Portal + 'static,
) -> Rendered {
    render_sent(name, address, lang, answers, None).await
}

/// The same, as the answer to a form that makes a link.
pub(crate) async fn render_sent(
    name: &str,
    address: &str,
    lang: Lang,
    answers: impl Portal + 'static,
    sent: Option<SentSharing>,
) -> Rendered {
    let _ = any_spawner::Executor::init_tokio();
    let owner = Owner::new_root(None);
    let status = PageStatus::default();
    let (meta, head) = ServerMetaContext::new();
    let stream = owner.with(|| {
        let portal: SharedPortal = Arc::new(answers);
        provide_context(portal);
        provide_context(Viewer { name: None, lang });
        provide_context(Preferences { lang, theme: None });
        provide_context(status.clone());
        if let Some(sent) = sent {
            provide_context(sent);
        }
        provide_context(RequestUrl::new(address));
        provide_context(meta);
        let site = SiteFiles {
            styles: vec!["style.css".to_owned()],
            ..SiteFiles::default()
        };
        shell(&site).into_view().to_html_stream_in_order()
    });
    let html = stream.collect::<String>().await;
    // As leptos_axum does it: the title is known when the body is complete.
    let html = head
        .inject_meta_context(futures::stream::iter([html]))
        .await
        .collect::<String>()
        .await;
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join(format!("{name}.html")), &html).unwrap();
    Rendered {
        status: status.get(),
        html,
    }
}
