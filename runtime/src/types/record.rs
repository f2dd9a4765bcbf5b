//! Objects with known fields, for the code that derives generate: names are looked up in a table, and each
//! field takes one call.

use super::msgpack::{ObjectReader, ObjectWriter};
use super::{MsgpackReader, MsgpackWriter, ValueError, Written};

/// The names of fields, or of the variants of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// The names, in the order of declaration.
    pub names: &'static [&'static str],
    /// The indexes of the names in ascending order.
    pub sorted: &'static [usize],
    /// Aliases, sorted, with the indexes of their names.
    pub aliases: &'static [(&'static str, usize)],
}

impl Names {
    /// The index of a name or an alias.
    pub fn find(&self, name: &str) -> Option<usize> {
        let sorted = self.sorted;
        if let Ok(at) = sorted.binary_search_by(|place| self.names[*place].cmp(name)) {
            return Some(sorted[at]);
        }
        let aliases = self.aliases;
        let found = aliases.binary_search_by(|(alias, _)| (*alias).cmp(name));
        found.ok().map(|at| aliases[at].1)
    }

    /// Like [`find`](Self::find), but tries the index `guess` first: most writers keep the order.
    #[inline]
    fn find_near(&self, guess: usize, name: &str) -> Option<usize> {
        match self.names.get(guess) {
            Some(likely) if *likely == name => Some(guess),
            _ => self.find(name),
        }
    }
}

/// Reads an object field by field: first the fields of the object in their order, then each field of the
/// type, which may be missing. So each field takes one call in the generated code, and the first error ends the
/// iteration, so that only the end of the code looks at it.
#[derive(Debug)]
pub struct RecordReader<'r, 'a> {
    object: ObjectReader<'r, 'a>,
    names: &'static Names,
    /// Whether unknown fields are refused.
    denies_unknown: bool,
    /// Whether all fields of the object were read.
    is_over: bool,
    /// The index of the field whose value comes next.
    current: usize,
    /// The index at which the next field is looked up first.
    guess: usize,
    /// Whether the fields so far were the first ones, in the type's order.
    in_order: bool,
    /// The first error; a missing field is one, too.
    error: Option<ValueError>,
}

impl<'r, 'a> RecordReader<'r, 'a> {
    /// Begins to read the next object.
    ///
    /// # Errors
    ///
    /// If the next value is something else.
    #[inline]
    pub fn new(
        value: &'r mut MsgpackReader<'a>,
        names: &'static Names,
        denies_unknown: bool,
    ) -> Result<Self, ValueError> {
        Ok(RecordReader {
            object: value.object()?,
            names,
            denies_unknown,
            is_over: false,
            current: 0,
            guess: 0,
            in_order: true,
            error: None,
        })
    }

    /// The index of the next field, which must then be taken or skipped. It is an error if a name is not a
    /// string, or if a field is unknown and such fields are refused.
    #[inline]
    pub fn next_place(&mut self) -> Option<usize> {
        if !self.is_over {
            match self.names.names.get(self.guess) {
                Some(likely) if self.object.passes(likely) => {
                    (self.current, self.guess) = (self.guess, self.guess + 1);
                    return Some(self.current);
                }
                // All fields were read, in order.
                None if self.in_order && self.object.is_over() => return None,
                _ => {}
            }
        }
        self.next_elsewhere()
    }

    /// Like [`Self::next_place`], for a field that is not at the guessed index.
    #[inline(never)]
    fn next_elsewhere(&mut self) -> Option<usize> {
        match self.find_next() {
            Ok(place) => place,
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }

    fn find_next(&mut self) -> Result<Option<usize>, ValueError> {
        while !self.is_over {
            let Some(name) = self.object.next_name()? else {
                // If the fields were in order, all fields before the guess were read.
                let first = if self.in_order { self.guess } else { 0 };
                (self.is_over, self.guess) = (true, first);
                break;
            };
            if let Some(place) = self.names.find_near(self.guess, name) {
                self.in_order &= place == self.guess;
                (self.current, self.guess) = (place, place + 1);
                return Ok(Some(place));
            }
            self.pass(name)?;
        }
        let place = self.guess;
        (self.current, self.guess) = (place, place + 1);
        Ok((place < self.names.names.len()).then_some(place))
    }

    fn pass(&mut self, name: &str) -> Result<(), ValueError> {
        if self.denies_unknown {
            return Err(self.object.unknown(name, self.names.names));
        }
        self.object.extra(name)
    }

    /// Reads the field's value, if it is there, into its slot. It is an error if the slot already has a value; the
    /// errors of `unpack` get the name added to their path.
    #[inline]
    pub fn take<T>(
        &mut self,
        slot: &mut Option<T>,
        unpack: fn(&mut MsgpackReader<'_>) -> Result<T, ValueError>,
    ) {
        if self.is_over {
            return;
        }
        if slot.is_some() {
            return self.fail_at_current(ValueError::repeated());
        }
        match self.object.value(unpack) {
            Ok(value) => *slot = Some(value),
            Err(error) => self.fail_at_current(error),
        }
    }

    /// Like [`Self::take`], for a required field: if it is missing, the field's type decides.
    #[inline]
    pub fn need<T>(
        &mut self,
        slot: &mut Option<T>,
        unpack: fn(&mut MsgpackReader<'_>) -> Result<T, ValueError>,
        missing: fn() -> Option<T>,
    ) {
        if !self.is_over {
            return self.take(slot, unpack);
        }
        if slot.is_none() {
            *slot = missing();
            if slot.is_none() {
                self.fail(ValueError::missing(self.names.names[self.current]));
            }
        }
    }

    /// Skips the field's value, if it is there. It is an error if a part of it is not MessagePack.
    pub fn skip(&mut self) {
        if !self.is_over
            && let Err(error) = self.object.skip()
        {
            self.fail(error);
        }
    }

    /// Records an error of the current field.
    #[cold]
    fn fail_at_current(&mut self, error: ValueError) {
        self.fail(error.at_field(self.names.names[self.current]));
    }

    /// Records an error, after which there are no fields.
    #[cold]
    fn fail(&mut self, error: ValueError) {
        self.error = Some(error);
        (self.is_over, self.guess) = (true, self.names.names.len());
    }

    /// Whether there was no error: then all required fields are in their slots.
    pub fn is_whole(&self) -> bool {
        self.error.is_none()
    }

    /// The error.
    #[cold]
    pub fn error(self) -> ValueError {
        let lost = || ValueError::other("a field was lost");
        self.error.unwrap_or_else(lost)
    }
}

/// Writes an object field by field, from the last to the first.
#[derive(Debug)]
pub struct RecordWriter<'b> {
    object: ObjectWriter<'b>,
    error: Option<ValueError>,
}

impl<'b> RecordWriter<'b> {
    /// Begins an object without fields.
    pub fn new(out: MsgpackWriter<'b>) -> Self {
        RecordWriter {
            object: out.begin_object(),
            error: None,
        }
    }

    /// Writes a field in front of those that were written, unless one of them failed.
    #[inline]
    pub fn put<T>(
        &mut self,
        name: &'static str,
        value: &T,
        pack: fn(&T, MsgpackWriter<'_>) -> Result<Written, ValueError>,
    ) {
        if self.error.is_none()
            && let Err(error) = self.object.field(name, |out| pack(value, out))
        {
            self.error = Some(error);
        }
    }

    /// Writes a field with a constant value in front of those that were written.
    pub fn put_text(&mut self, name: &'static str, text: &'static str) {
        self.put(name, &text, |text, out| Ok(out.str(text)));
    }

    /// Finishes the object.
    ///
    /// # Errors
    ///
    /// The first error of its fields, with the field's name added to its path.
    #[inline]
    pub fn finish(self) -> Result<Written, ValueError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.object.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, RecordReader};
    use crate::types::{FlyteData, MsgpackReader, MsgpackWriter, ValueError};

    /// A name that is too long for the shortest form of a string.
    const LONG: &str = "a name of more than thirty-one letters";

    /// Reads objects with some fields, in this order; the error says which one is missing.
    fn read(fields: &[(&'static str, i64)]) -> Result<[Option<i64>; 3], ValueError> {
        static NAMES: Names = Names {
            names: &["first", LONG, "last"],
            sorted: &[1, 0, 2],
            aliases: &[("end", 2)],
        };
        let bytes = MsgpackWriter::to_bytes(|out| {
            out.object(|object| {
                let mut fields = fields.iter().rev();
                fields.try_for_each(|(name, value)| object.field(name, |out| value.pack(out)))
            })
        })?;
        let mut value = MsgpackReader::new(&bytes);
        let mut slots = [None; 3];
        let mut reader = RecordReader::new(&mut value, &NAMES, false)?;
        while let Some(place) = reader.next_place() {
            reader.need(&mut slots[place], i64::unpack, i64::missing);
        }
        if !reader.is_whole() {
            return Err(reader.error());
        }
        Ok(slots)
    }

    #[test]
    fn fields_come_in_any_order_and_each_must_come() {
        let all = [("first", 1), (LONG, 2), ("last", 3)];
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let fields = order.map(|place| all[place]);
            assert_eq!(read(&fields).unwrap(), [Some(1), Some(2), Some(3)]);
            for end in 0..3 {
                assert!(read(&fields[..end]).is_err(), "{:?}", &fields[..end]);
                let again = [&fields[..], &fields[end..=end]].concat();
                assert!(read(&again).is_err(), "{again:?}");
            }
            let mut without = fields.to_vec();
            let (gone, _) = without.remove(1);
            without.push(("of no type", 4));
            let error = read(&without).unwrap_err().to_string();
            assert!(error.contains(gone), "{error}");
        }
        let called = [("first", 1), ("more", 0), (LONG, 2), ("end", 3)];
        assert_eq!(read(&called).unwrap(), [Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        const NAMES: Names = Names {
            names: &["size", "area", "kind"],
            sorted: &[1, 2, 0],
            aliases: &[("sort", 2), ("width", 0)],
        };
        for (name, place) in [
            ("size", 0),
            ("area", 1),
            ("kind", 2),
            ("sort", 2),
            ("width", 0),
        ] {
            for guess in 0..4 {
                assert_eq!(NAMES.find_near(guess, name), Some(place), "{name}");
            }
        }
        assert_eq!(NAMES.find("siz"), None);
    }
}
