/// Describes things for expressions: from one table come the [`Shape`](super::shape::Shape),
/// against which expressions are checked and of which the reference page is made, and the
/// values that expressions see.
///
/// An entry is `Type as name: Rust type, "what it is" { fields }`; one that begins with
/// `object` is an object of a cluster and has the fields that all objects have. A field is
/// `name: form, "what it means" => value;`, where the form is one of
///
/// - `flag`, `int`, `text`: one value; `maybe_int`: one that may be missing
/// - `texts`: a list of texts; `unsure_texts`: one that may be unread
/// - `named_texts`: texts by name
/// - `[T]`, `{T}`: things that are described themselves, as a list or by name
/// - `(T)`: one of them, `(T?)` one that may be missing
///
/// The value is what the form says, as a Rust expression over the name of the thing.
macro_rules! describe {
    (@type flag) => { Type::Flag };
    (@type int) => { Type::Int };
    (@type maybe_int) => { Type::Int };
    (@type text) => { Type::Text };
    (@type texts) => { Type::List(&Type::Text) };
    (@type unsure_texts) => { Type::List(&Type::Text) };
    (@type named_texts) => { Type::Map(&Type::Text) };
    (@type [$of:ty]) => { Type::List(&Type::Object(<$of as Described>::SHAPE)) };
    (@type {$of:ty}) => { Type::Map(&Type::Object(<$of as Described>::SHAPE)) };
    (@type ($of:ident)) => { Type::Object(<$of as Described>::SHAPE) };
    (@type ($of:ident?)) => { Type::Object(<$of as Described>::SHAPE) };

    (@optional maybe_int) => { true };
    (@optional ($of:ident?)) => { true };
    (@optional $($other:tt)*) => { false };

    (@put $fields:ident $name:ident [$of:ty] $value:expr) => {
        $fields.list::<$of, _, _>(stringify!($name), || $value)
    };
    (@put $fields:ident $name:ident {$of:ty} $value:expr) => {
        $fields.named::<$of, _, _, _>(stringify!($name), || $value)
    };
    (@put $fields:ident $name:ident ($of:ident) $value:expr) => {
        $fields.one::<$of, _>(stringify!($name), || Some($value))
    };
    (@put $fields:ident $name:ident ($of:ident?) $value:expr) => {
        $fields.one::<$of, _>(stringify!($name), || $value)
    };
    (@put $fields:ident $name:ident $form:ident $value:expr) => {
        $fields.$form(stringify!($name), || $value)
    };

    (@common object) => { crate::runbook::seen::common::FIELDS };
    (@common part) => { &[] };
    (@fill object $it:ident $fields:ident) => {
        crate::runbook::seen::common::fill($it, $fields)?
    };
    (@fill part $it:ident $fields:ident) => {};

    ($($is:ident $shape:ident as $it:ident: $of:ty, $about:literal {
        $($name:ident: $form:tt, $doc:literal => $value:expr;)*
    })*) => {
        $(impl Described for $of {
            const SHAPE: &'static Shape = &Shape {
                name: stringify!($shape),
                doc: $about,
                common: describe!(@common $is),
                own: &[$(Field {
                    name: stringify!($name),
                    of: describe!(@type $form),
                    optional: describe!(@optional $form),
                    doc: $doc,
                },)*],
            };

            #[allow(unused_variables)]
            fn fill(&self, fields: &mut Fields<'_, '_>) -> Seen<()> {
                let $it = self;
                describe!(@fill $is $it fields);
                $(describe!(@put fields $name $form $value)?;)*
                Ok(())
            }
        })*
    };
}

pub(super) use describe;
