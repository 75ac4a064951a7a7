//! Where the sources may write what a browser reads as markup.

use std::path::{Path, PathBuf};

/// Words that lead past Leptos' escaping, each with the files that may name it and know
/// what they do: the title's component escapes, the drawings hold no text, and one test
/// has a script in a cookie.
const UNESCAPED: [(&str, &[&str]); 3] = [
    (
        "leptos_meta",
        &["app.rs", "components/page_title.rs", "shell.rs"],
    ),
    (
        "inner_html",
        &[
            "components/answer_glyph.rs",
            "components/path_tree.rs",
            "components/severity_mark.rs",
            "pages/investigation/mod.rs",
        ],
    ),
    ("<script", &["preferences.rs", "shell.rs"]),
];

/// Every file of a folder and of those within it.
pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn nothing_goes_past_the_escaping_but_where_it_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        for (word, allowed) in UNESCAPED {
            assert!(
                !text.contains(word) || allowed.contains(&name),
                "{name} names {word}; a title goes through PageTitle, a text through a view"
            );
        }
    }
}
