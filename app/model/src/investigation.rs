use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Cause, Evidence, Message, Problem, Texts, Why};

/// The number of an investigation, as it stands in its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvestigationId(pub i64);

impl fmt::Display for InvestigationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The answer to a step's question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It cannot be told.
    Unknown,
}

impl Answer {
    /// Every answer, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];

    /// The word that forms and runbook files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    /// No for yes and yes for no.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// The text is none of `yes`, `no` and `unknown`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnAnswer;

impl fmt::Display for NotAnAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answers are yes, no and unknown")
    }
}

impl std::error::Error for NotAnAnswer {}

impl FromStr for Answer {
    type Err = NotAnAnswer;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|answer| answer.as_str() == word)
            .ok_or(NotAnAnswer)
    }
}

/// What a step's check made of the evidence at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding<T = Message> {
    /// The moment that the evidence shows.
    #[serde(with = "crate::moment")]
    pub observed_at: Timestamp,
    /// The answer that the evidence suggests; `Err` when it suggests none.
    pub suggests: Result<Answer, NoSuggestion>,
    /// The fact in a few words, such as `Connection refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<T>,
    /// The evidence, the deciding piece first.
    pub evidence: Vec<Evidence<T>>,
}

/// Why a check suggests no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoSuggestion {
    /// Only a person can answer this.
    Ask,
    /// A test would tell; it runs in the cluster and needs consent.
    NeedsConsent,
    /// Facts that would decide it could not be read.
    Unread {
        /// What could not be read, such as `Pod shop/cart`.
        what: String,
        /// Why.
        why: Why,
    },
    /// Podside has no rule yet that looks for these causes.
    NoRule {
        /// The causes.
        causes: Vec<Cause>,
    },
    /// The check's expression does not fit the facts.
    Expression {
        /// What the evaluation said.
        error: String,
    },
    /// The test was begun and told nothing.
    NotRun(NotRun),
}

/// Why a test that was begun tells nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotRun {
    /// The container has not the program.
    NoProgram {
        /// The container.
        container: String,
    },
    /// It took longer than it may.
    TooLong {
        /// How long it may take, in seconds.
        seconds: u64,
    },
    /// It could not be run, or broke off.
    Failed {
        /// The cluster's own words.
        said: String,
    },
}

/// Where a walk through a runbook ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// A root cause.
    Cause {
        /// The cause.
        cause: Cause,
        /// What the runbook says about it.
        text: Texts,
        /// The problem with proof and fix as the diagnosis had it at that
        /// moment; `None` if only the person's answers led here.
        problem: Option<Box<Problem>>,
    },
    /// Everything that this runbook looks at is in order.
    NothingWrong {
        /// What that means.
        text: Texts,
    },
    /// Another runbook goes on from here.
    Continue {
        /// Its id.
        runbook: String,
        /// Why.
        text: Texts,
    },
    /// The runbook ends without a cause and says whom or what to ask next.
    Open {
        /// What to do next.
        text: Texts,
    },
}

/// What one entry of an investigation says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryBody {
    /// A step was answered.
    Answered {
        /// The step's id.
        step: String,
        /// Its question, with names filled in.
        question: Texts,
        /// The answer that counts.
        answer: Answer,
        /// Whether the evidence was followed without asking a person.
        by_itself: bool,
        /// What the check found at that moment.
        finding: Finding,
    },
    /// The walk went back to an earlier step.
    Returned {
        /// The step's id.
        step: String,
        /// Its question, with names filled in.
        question: Texts,
    },
    /// A person allowed exactly this test to be run, and it was begun.
    Allowed {
        /// The step's id.
        step: String,
        /// The command, as kubectl would run it.
        command: String,
        /// The fingerprint of what was allowed.
        plan: String,
    },
    /// A test was run.
    Ran {
        /// The step's id.
        step: String,
        /// Its question, with names filled in.
        question: Texts,
        /// What came of it: the output is the evidence.
        finding: Finding,
    },
    /// A person wrote something down.
    Noted {
        /// The step that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// The text; secrets were replaced before it was stored.
        text: Redacted,
    },
    /// A conclusion was reached.
    Concluded {
        /// The step whose answer led here.
        step: String,
        /// The conclusion.
        conclusion: Conclusion,
    },
}

impl EntryBody {
    /// The name of the variant, as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::Returned { .. } => "returned",
            Self::Allowed { .. } => "allowed",
            Self::Ran { .. } => "ran",
            Self::Noted { .. } => "noted",
            Self::Concluded { .. } => "concluded",
        }
    }

    /// The cause that the entry concludes with.
    pub const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Concluded {
                conclusion: Conclusion::Cause { cause, .. },
                ..
            } => Some(cause),
            _ => None,
        }
    }
}

/// A text whose secrets were replaced before it was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// The pieces in order.
    pub parts: Vec<RedactedPart>,
}

/// One piece of a redacted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedactedPart {
    /// Text as it was written.
    Text(String),
    /// A secret that is not here.
    Hidden {
        /// What kind of secret it was.
        secret: SecretKind,
        /// Its number in this text: equal numbers were equal values.
        number: u32,
    },
}

/// What kind of secret was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// A bearer token or JSON Web Token.
    BearerToken,
    /// A password, in an assignment, an option or a URL.
    Password,
    /// An access key of a cloud or a code host.
    AccessKey,
    /// A private key in PEM form.
    PrivateKey,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::BearerToken,
        Self::Password,
        Self::AccessKey,
        Self::PrivateKey,
    ];

    /// The word for it in the token that stands in a secret's place.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BearerToken => "bearer-token",
            Self::Password => "password",
            Self::AccessKey => "access-key",
            Self::PrivateKey => "private-key",
        }
    }

    /// The kind with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_survives_storage() {
        let finding = Finding {
            observed_at: Timestamp::UNIX_EPOCH,
            suggests: Err(NoSuggestion::Ask),
            fact: None,
            evidence: Vec::new(),
        };
        let entry = EntryBody::Answered {
            step: "pending".to_owned(),
            question: Texts {
                en: "Is it Pending?".to_owned(),
                ja: "Pending ですか？".to_owned(),
            },
            answer: Answer::No,
            by_itself: false,
            finding,
        };
        let stored = serde_json::to_string(&entry).unwrap();
        assert!(stored.contains(r#"{"answered":{"#), "{stored}");
        assert_eq!(serde_json::from_str::<EntryBody>(&stored).unwrap(), entry);
    }

    #[test]
    fn an_answer_is_one_of_three_words() {
        for answer in Answer::ALL {
            assert_eq!(answer.as_str().parse(), Ok(answer));
        }
        assert_eq!("maybe".parse::<Answer>(), Err(NotAnAnswer));
    }
}
