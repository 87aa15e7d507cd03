//! Intake: reads outputs, and takes many of them through a gate.
//!
//! A [`SubjectReader`] makes subjects of documents, of lines of JSON and of rows. [`JsonLines`] reads such lines from
//! anything that is buffered, and [`Rows`] what has one output per row. Nothing here opens a file: the caller opens its
//! sources and names them.
//! [`GateHandle::check_many`](crate::GateHandle::check_many) and [`TrialGate::check_many`](crate::gate::TrialGate::check_many)
//! take the outputs as an iterator and answer them in order as [`CheckAnswers`].

mod answers;
mod check_many;
mod column_delimiter;
mod csv_rows;
mod error;
mod input_item;
mod json_array;
mod json_lines;
mod json_members;
mod member_mapping;
mod pipeline;
mod rows;
mod subject_reader;
mod window;

pub use answers::{CheckAnswer, CheckAnswers};
pub use check_many::CheckManyOptions;
pub use column_delimiter::{ColumnDelimiter, DelimiterError};
pub use csv_rows::CsvError;
pub use error::{AnswerError, CheckManyError, IntakeError, MappingError};
pub use input_item::{InputItem, InputOrigin};
pub use json_lines::JsonLines;
pub use json_members::JsonMembers;
pub use member_mapping::MemberMapping;
pub use rows::{RowFormat, Rows};
pub use subject_reader::SubjectReader;
pub use window::{WINDOW_BYTES_MAX, WINDOW_ITEMS_MAX};
