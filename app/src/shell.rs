//! The HTML document round the application: head, hydration script, body.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use leptos_router::location::RequestUrl;

use crate::App;
use crate::pages::Refused;
use crate::parts;
use crate::preferences::{Preferences, Theme};
use crate::writes::Writes;

/// URL paths of the site's files, as the server serves them.
///
/// Their names carry a hash of the content, so that a browser may keep them
/// for ever and never mixes two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteFiles {
    /// The wasm and its JavaScript loader; absent when the server was built
    /// without them, and then every page works as plain HTML.
    pub client: Option<ClientFiles>,
    /// Style sheets in the order in which they apply.
    pub styles: Vec<String>,
    /// Fonts that the first screen needs, to be fetched with the document.
    pub fonts: Vec<String>,
    /// Whether pages reload when the server at `/started` is another than before; for
    /// whoever develops Podside.
    pub reload: bool,
}

/// URL paths of the browser's half of the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFiles {
    /// The ES module that wasm-bindgen made.
    pub script: String,
    /// The wasm that the module loads: the base.
    pub wasm: String,
    /// The wasm of each part, by the part's name. Parts may share some.
    pub parts: Vec<(String, Vec<String>)>,
}

impl ClientFiles {
    /// What the page that is being rendered needs beside the base.
    fn rest(&self) -> &[String] {
        use_context::<RequestUrl>()
            .and_then(|asked| asked.parse().ok())
            .and_then(|url| parts::of_path(url.path()))
            .and_then(|part| self.parts.iter().find(|(name, _)| name == part.name))
            .map_or(&[], |(_, wasm)| wasm)
    }
}

/// The complete document for one request.
pub fn shell(site: &SiteFiles) -> impl IntoView + use<> {
    let styles = site
        .styles
        .iter()
        .map(|href| view! { <link rel="stylesheet" href=href.clone()/> })
        .collect_view();
    let fonts = site
        .fonts
        .iter()
        .map(|href| {
            view! { <link rel="preload" href=href.clone() r#as="font" r#type="font/woff2" crossorigin=""/> }
        })
        .collect_view();
    // What a form was refused for is known here alone.
    let refused = use_context::<Refused>().is_some();
    let hydration = site.client.as_ref().filter(|_| !refused).map(hydration);
    let Preferences { lang, theme } = Preferences::current();
    let theme = theme.map(Theme::as_str);
    let writes = Writes::current().as_attribute();
    let reload = site.reload.then(reload);
    let without_site = site.client.is_none().then(without_site);
    view! {
        <!DOCTYPE html>
        <html lang=lang.tag() data-theme=theme data-writes=writes>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                {fonts}
                {styles}
                {hydration}
                {reload}
                <MetaTags/>
            </head>
            <body>
                // Hydration begins at the first node of the body.
                <App/>
                {without_site}
            </body>
        </html>
    }
}

/// The tags that load and start the client.
///
/// Written here instead of leptos' `HydrationScripts`, which reads the hashed
/// names from a file beside the executable: Podside is one file. The `as` and
/// `crossorigin` values are the ones under which the browser reuses what was
/// preloaded. `data-hydrated` tells a test, and a style sheet, that the page is
/// the browser's now.
fn hydration(client: &ClientFiles) -> impl IntoView + use<> {
    let ClientFiles { script, wasm, .. } = client.clone();
    let nonce = use_nonce();
    let start = format!(
        "import start, {{ hydrate }} from {script:?};\nawait start({{ module_or_path: {wasm:?} }});\n\
         if (await hydrate()) document.documentElement.dataset.hydrated = \"\";"
    );
    // The page's own part comes with the base instead of after it.
    let wasm = std::iter::once(&wasm)
        .chain(client.rest())
        .map(|href| {
            view! { <link rel="preload" href=href.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> }
        })
        .collect_view();
    view! {
        <link rel="modulepreload" href=script/>
        {wasm}
        <script type="module" nonce=nonce>{start}</script>
    }
}

/// A script that reloads the page when another server answers than before.
fn reload() -> impl IntoView {
    let nonce = use_nonce();
    let script = "let known;\n\
         setInterval(async () => {\n\
         const answer = await fetch(\"/started\").catch(() => null);\n\
         const started = answer?.ok ? await answer.text() : known;\n\
         if (known && started !== known) location.reload();\n\
         known = started;\n\
         }, 1000);";
    view! { <script type="module" nonce=nonce>{script}</script> }
}

/// What a person sees whose Podside was built by cargo alone.
fn without_site() -> impl IntoView {
    view! {
        <p role="note">
            "This Podside was built without its site: pages are complete, but plain and not live. "
            "To build all of it, run " <code>"make build"</code> "."
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest_of(address: &str) -> Vec<String> {
        let client = ClientFiles {
            parts: vec![("logs".to_owned(), vec!["/pkg/logs.wasm".to_owned()])],
            ..ClientFiles::default()
        };
        Owner::new().with(|| {
            provide_context(RequestUrl::new(address));
            client.rest().to_vec()
        })
    }

    #[test]
    fn a_page_names_its_own_part_and_no_other() {
        assert_eq!(rest_of("/logs/Pod/a/b?container=app"), ["/pkg/logs.wasm"]);
        assert!(rest_of("/").is_empty());
        assert!(rest_of("/history").is_empty());
    }
}
