//! Names of the target put into texts and commands.

use podside_model::{Lang, ObjectRef, Texts};

/// The names that may stand in a text or a command of a runbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The object that the investigation is about.
    pub target: ObjectRef,
    /// The Pod that is looked at: the target itself, or one of its Pods.
    pub pod: Option<String>,
    /// The container in question.
    pub container: Option<String>,
}

/// The placeholders, as they are written between braces.
const PLACEHOLDERS: [&str; 5] = ["namespace", "kind", "name", "pod", "container"];

impl Names {
    fn get(&self, placeholder: &str) -> Option<&str> {
        match placeholder {
            "namespace" => self.target.namespace.as_deref(),
            "kind" => Some(&self.target.kind),
            "name" => Some(&self.target.name),
            "pod" => self.pod.as_deref(),
            "container" => self.container.as_deref(),
            _ => None,
        }
    }

    /// The text with its placeholders filled in. A name that is not known is
    /// said in words.
    pub fn fill(&self, texts: &Texts) -> Texts {
        Texts {
            en: self.fill_in(&texts.en, Lang::En),
            ja: self.fill_in(&texts.ja, Lang::Ja),
        }
    }

    fn fill_in(&self, text: &str, lang: Lang) -> String {
        let without_name = match (&self.pod, lang) {
            (Some(_), _) => None,
            (None, Lang::En) => Some(text.replace("Pod {pod}", "the Pod")),
            (None, Lang::Ja) => Some(text.replace("Pod {pod}", "Pod")),
        };
        pieces(without_name.as_deref().unwrap_or(text))
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Placeholder { name, .. } => {
                    self.get(name).unwrap_or_else(|| unnamed(name, lang))
                }
            })
            .collect()
    }
}

/// How a name that is not known is called in a text.
fn unnamed(placeholder: &str, lang: Lang) -> &'static str {
    match (placeholder, lang) {
        ("container", Lang::En) => "the container",
        ("container", Lang::Ja) => "コンテナ",
        ("namespace", _) => "Namespace",
        _ => "Pod",
    }
}

/// A kubectl command with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(pub(super) String);

impl Template {
    /// The command for these names. `{-c container}` is left out when the name is
    /// not known; another name that is not known stands as `POD`, `CONTAINER`.
    ///
    /// Names come from the cluster. One that is not made of letters, digits,
    /// `.`, `-`, `_` and `:` is quoted for the shell, and one that begins with a
    /// hyphen, which kubectl would take for an option, counts as not known.
    pub fn fill(&self, names: &Names) -> String {
        let mut command = String::with_capacity(self.0.len() + 32);
        for piece in pieces(&self.0) {
            match piece {
                Piece::Text(text) => command.push_str(text),
                Piece::Placeholder { option, name } => {
                    let value = names.get(name).filter(|value| !value.starts_with('-'));
                    match (option, value) {
                        (Some(option), Some(value)) => {
                            command.push_str(option);
                            command.push(' ');
                            command.push_str(&quoted(value));
                        }
                        (Some(_), None) => {}
                        (None, Some(value)) => command.push_str(&quoted(value)),
                        (None, None) => command.push_str(&name.to_ascii_uppercase()),
                    }
                }
            }
        }
        // An option that was left out leaves two spaces; a quoted name may hold two.
        if command.contains('\'') {
            command
        } else {
            command.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }

    /// The words of the command as a shell would split them, before there is a target; `None`
    /// where a quote is not closed.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        shlex::split(&self.blank())
    }

    /// The command as the runbook shows it before there is a target.
    pub fn blank(&self) -> String {
        self.fill(&Names {
            target: ObjectRef::namespaced("KIND", "NAMESPACE", "NAME"),
            pod: None,
            container: Some("CONTAINER".to_owned()),
        })
    }
}

fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':'));
    if plain {
        return value.to_owned();
    }
    let clean: String = value.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", clean.replace('\'', r"'\''"))
}

/// What is between braces and no placeholder, for the error message.
pub(super) fn unknown_placeholders(text: &str) -> Vec<&str> {
    pieces(text)
        .filter_map(|piece| match piece {
            Piece::Placeholder { name, .. } if !PLACEHOLDERS.contains(&name) => Some(name),
            _ => None,
        })
        .collect()
}

/// The placeholders that there are, for the error message.
pub(super) fn known_placeholders() -> String {
    PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ")
}

enum Piece<'a> {
    Text(&'a str),
    Placeholder {
        option: Option<&'a str>,
        name: &'a str,
    },
}

/// Cuts a text at its placeholders: lower-case words in braces, with an option
/// before it or not. Other braces, such as those of a JSONPath, are text.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut from = 0;
        while let Some(open) = rest.get(from..).and_then(|r| r.find('{')).map(|i| i + from) {
            if let Some((piece, length)) = placeholder(rest.get(open..).unwrap_or_default()) {
                if open == 0 {
                    rest = rest.get(length..).unwrap_or_default();
                    return Some(piece);
                }
                let (text, after) = rest.split_at(open);
                rest = after;
                return Some(Piece::Text(text));
            }
            from = open + 1;
        }
        Some(Piece::Text(std::mem::take(&mut rest)))
    })
}

/// The placeholder at the start of a text that begins with `{`, and its length.
fn placeholder(text: &str) -> Option<(Piece<'_>, usize)> {
    let close = text.find('}')?;
    let inside = text.get(1..close)?;
    let (option, name) = match inside.split_once(' ') {
        Some((option, name)) if option.starts_with('-') => (Some(option), name),
        Some(_) => return None,
        None => (None, inside),
    };
    let word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    word.then_some((Piece::Placeholder { option, name }, close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pod: &str) -> Names {
        Names {
            target: ObjectRef::namespaced("Deployment", "shop", "cart"),
            pod: Some(pod.to_owned()),
            container: None,
        }
    }

    fn command(template: &str, pod: &str) -> String {
        Template(template.to_owned()).fill(&names(pod))
    }

    #[test]
    fn names_are_put_in() {
        assert_eq!(
            command(
                "kubectl {-n namespace} logs {pod} {-c container} --previous",
                "cart-1"
            ),
            "kubectl -n shop logs cart-1 --previous"
        );
        assert_eq!(
            command(
                "kubectl get pod {pod} -o jsonpath='{.status.phase}'",
                "cart-1"
            ),
            "kubectl get pod cart-1 -o jsonpath='{.status.phase}'"
        );
    }

    #[test]
    fn a_hostile_name_stays_one_word() {
        assert_eq!(
            command("kubectl get pod {pod}", "x; rm -rf ~ '\u{1b}"),
            r"kubectl get pod 'x; rm -rf ~ '\'''"
        );
        assert_eq!(
            command("kubectl get pod {pod}", "--all"),
            "kubectl get pod POD"
        );
        assert_eq!(command("kubectl get {-n pod}", "-A"), "kubectl get");
    }

    #[test]
    fn a_text_names_what_it_can() {
        let texts = Texts {
            en: "Does {container} of {kind} {name} run?".to_owned(),
            ja: "{kind} {name} の{container}は動いていますか？".to_owned(),
        };
        let filled = names("cart-1").fill(&texts);
        assert_eq!(filled.en, "Does the container of Deployment cart run?");
        assert_eq!(filled.ja, "Deployment cart のコンテナは動いていますか？");
    }

    #[test]
    fn a_pod_without_a_name_is_the_pod() {
        let texts = Texts {
            en: "Is Pod {pod} Pending?".to_owned(),
            ja: "Pod {pod} は Pending ですか？".to_owned(),
        };
        let filled = Names::default().fill(&texts);
        assert_eq!(filled.en, "Is the Pod Pending?");
        assert_eq!(filled.ja, "Pod は Pending ですか？");
    }

    #[test]
    fn a_word_in_braces_that_is_no_placeholder_is_found() {
        assert_eq!(
            unknown_placeholders("{pod} {pood} {-c contaner} {.x} { }"),
            ["pood", "contaner"]
        );
    }
}
