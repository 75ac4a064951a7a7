//! The one pass over a text that tells where a closer look is worth it: all keywords in
//! one automaton.

use std::sync::LazyLock;

use aho_corasick::automaton::Automaton;
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, MatchKind};

use crate::rules::{Keyword, RULES};

/// Parts of names of secrets.
const NAMES: &[&str] = &[
    "pass",
    "pwd",
    "pswd",
    "secret",
    "token",
    "key",
    "cred",
    "auth",
    "cookie",
    "bearer",
    "dsn",
    "nstring",
    "n_string",
    "n-string",
    "psk",
    "psw",
    "_pat",
    "-pat",
    "_pw",
    "-pw",
    ".pw",
    "bindpw",
    "rootpw",
    "pw=",
    "pw:",
    "jwt",
    "mnemonic",
    "dockercfg",
    "dockerconfigjson",
    "sessid",
    "sessionid",
    "session_id",
    "sid=",
    "sig=",
    "signature",
    "hmac",
];

/// What a keyword calls for.
#[derive(Clone, Copy)]
pub(crate) enum Use {
    /// A rule, by its place.
    Rule(&'static Keyword),
    /// A name that may be one of a secret.
    Name,
    /// The scheme of a URL ends.
    Url,
    /// What follows are credentials.
    Bearer,
    /// What follows is `user:password` in base64.
    Basic,
    /// A key in PEM form.
    Pem,
    /// A token.
    Token,
    /// The text was cut.
    Cut,
}

/// A keyword in a text.
#[derive(Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) of: Use,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

struct Keywords {
    automaton: DFA,
    uses: Vec<Use>,
}

static KEYWORDS: LazyLock<Option<Keywords>> = LazyLock::new(|| {
    let mut words: Vec<&str> = Vec::new();
    let mut uses = Vec::new();
    let mut add = |word, of| {
        words.push(word);
        uses.push(of);
    };
    for keyword in &RULES.1 {
        add(keyword.word, Use::Rule(keyword));
    }
    for name in NAMES {
        add(name, Use::Name);
    }
    add("://", Use::Url);
    add("bearer", Use::Bearer);
    add("basic ", Use::Basic);
    add("-----begin", Use::Pem);
    add("---- begin", Use::Pem);
    add("[hidden: ", Use::Token);
    add("…", Use::Cut);
    let automaton = DFA::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(&words)
        .ok()?;
    Some(Keywords { automaton, uses })
});

/// Adds the keywords in a text, by where they end. False if it cannot be searched.
pub(crate) fn keywords(text: &str, hits: &mut Vec<Hit>) {
    let Some(Keywords { automaton, uses }) = KEYWORDS.as_ref() else {
        return;
    };
    let Ok(mut state) = automaton.start_state(Anchored::No) else {
        return;
    };
    for (at, byte) in text.bytes().enumerate() {
        state = automaton.next_state(Anchored::No, state, byte);
        if !automaton.is_special(state) || !automaton.is_match(state) {
            continue;
        }
        for index in 0..automaton.match_len(state) {
            let pattern = automaton.match_pattern(state, index);
            let end = at + 1;
            let start = end - automaton.pattern_len(pattern);
            let Some(of) = uses.get(pattern.as_usize()) else {
                continue;
            };
            if let Use::Rule(keyword) = of
                && keyword
                    .exact
                    .is_some_and(|exact| text.get(start..end) != Some(exact))
            {
                continue;
            }
            hits.push(Hit {
                of: *of,
                start,
                end,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_within_each_other() {
        assert!(KEYWORDS.is_some());
        let mut hits = Vec::new();
        keywords("GITHUB_TOKEN=ghp_x AKIA akia", &mut hits);
        let names = hits
            .iter()
            .filter(|hit| matches!(hit.of, Use::Name))
            .count();
        let rules = hits
            .iter()
            .filter(|hit| matches!(hit.of, Use::Rule(_)))
            .count();
        assert_eq!(names, 1);
        // Each of gitleaks' and ours; a key of AWS only in capitals.
        assert_eq!(rules, 4);
    }
}
