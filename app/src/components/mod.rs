//! The parts that pages are made of, one file each.
#![expect(
    unreachable_pub,
    reason = "the component macro wraps each function in one that only `mod.rs` re-exports"
)]

mod age;
mod answer_glyph;
mod beginnings;
mod chain_drawing;
mod chain_strip;
mod chart_head;
mod command;
mod copy_button;
mod evidence_block;
mod fix_box;
mod icon;
mod link_button;
mod list_sheet;
mod logs_link;
mod masthead;
mod note;
mod object_link;
mod page_title;
mod palette;
mod path_tree;
mod prose;
mod quoted;
mod redaction;
mod secrets_switch;
mod sent_along;
mod severity_mark;
mod sheet;
mod stays;
mod strip;
mod tabs;
mod writing;
mod yaml;

pub use age::Age;
pub(crate) use age::age;
pub use answer_glyph::AnswerGlyph;
pub(crate) use beginnings::beginnings;
pub use chain_drawing::ChainDrawing;
pub use chain_strip::ChainStrip;
pub use chart_head::ChartHeadBand;
pub(crate) use chart_head::{Choice, switcher};
pub use command::Command;
pub use copy_button::CopyButton;
pub use evidence_block::EvidenceBlock;
pub use fix_box::FixBox;
pub use icon::{Glyph, Icon};
pub use link_button::{LinkButton, Weight};
pub use list_sheet::ListSheet;
pub(crate) use logs_link::logs_link;
pub use masthead::{Masthead, Page};
pub use note::Note;
pub use object_link::ObjectLink;
pub use page_title::PageTitle;
pub use palette::Palette;
pub use path_tree::PathTree;
pub use prose::Prose;
pub(crate) use quoted::{quoted, quoted_prose};
pub use redaction::RedactedText;
pub(crate) use redaction::{hidden, hidden_as};
pub(crate) use secrets_switch::secrets_switch;
pub(crate) use sent_along::sent_along;
pub use severity_mark::{SeverityMark, Tone};
pub use sheet::Sheet;
pub use stays::Stays;
pub use strip::{StripDrawing, StripLegend};
pub use tabs::{TabLink, Tabs};
pub(crate) use writing::{writing, writing_if_allowed};
pub use yaml::Yaml;
