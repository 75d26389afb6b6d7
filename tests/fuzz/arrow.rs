//! Structures of the Arrow C data interface as a producer might make them. What the library can't check, how long a buffer is, is right here:
//! everything else may be wrong.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

use crate::common::Rng;
use crate::{End, one_of, run};

#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ErrorRecord {
    code: c_int,
    reserved: i32,
    position: i64,
    message: [c_char; 1008],
}

unsafe extern "C" {
    fn interlace_frame_from_arrow(
        schema: *mut ArrowSchema,
        array: *mut ArrowArray,
        out: *mut *mut c_void,
        err: *mut ErrorRecord,
    ) -> c_int;
    fn interlace_frame_to_arrow(
        frame: *const c_void,
        schema: *mut ArrowSchema,
        array: *mut ArrowArray,
        err: *mut ErrorRecord,
    ) -> c_int;
    fn interlace_frame_n_rows(frame: *const c_void) -> usize;
    fn interlace_frame_n_columns(frame: *const c_void) -> usize;
    fn interlace_frame_free(frame: *mut c_void);
}

/// Bytes of every buffer, more than any claim that is no error reaches.
const ROOM: usize = 4096;
/// Sizes of the data buffers of views.
const VIEWED: usize = 64;

const FORMATS: [&str; 44] = [
    "n",
    "b",
    "c",
    "C",
    "s",
    "S",
    "i",
    "I",
    "l",
    "L",
    "e",
    "f",
    "g",
    "d:9,2",
    "d:38,0",
    "d:70,3,256",
    "d:9,-2,32",
    "tdD",
    "tdm",
    "tss:",
    "tsm:UTC",
    "tsu:",
    "tsn:Europe/Berlin",
    "tts",
    "ttn",
    "tDu",
    "u",
    "U",
    "vu",
    "u",
    "U",
    "vu",
    "+r",
    "+r",
    "+l",
    "+s",
    "z",
    "w:16",
    "tin",
    "",
    "d:",
    "d:x",
    "ts",
    "_ext",
];

/// What owns the parts of structures until the end of a case.
#[derive(Default)]
struct Memory {
    texts: Vec<CString>,
    bytes: Vec<Vec<u8>>,
    lists: Vec<Vec<*const c_void>>,
    schemas: Vec<Vec<*mut ArrowSchema>>,
    arrays: Vec<Vec<*mut ArrowArray>>,
    own_schemas: Vec<*mut ArrowSchema>,
    own_arrays: Vec<*mut ArrowArray>,
}

impl Drop for Memory {
    fn drop(&mut self) {
        for own in self.own_schemas.drain(..) {
            // SAFETY: from Box::into_raw, once.
            drop(unsafe { Box::from_raw(own) });
        }
        for own in self.own_arrays.drain(..) {
            // SAFETY: the same.
            drop(unsafe { Box::from_raw(own) });
        }
    }
}

unsafe extern "C" fn release_schema(own: *mut ArrowSchema) {
    // SAFETY: the library releases what it was given.
    unsafe { (*own).release = None };
}

unsafe extern "C" fn release_array(own: *mut ArrowArray) {
    // SAFETY: the same.
    unsafe { (*own).release = None };
}

/// A number that is right, or one of those that break what adds or multiplies. Large ones where nothing is read at a place that they give.
fn odd(rng: &mut Rng, right: i64, may_be_large: bool) -> i64 {
    if rng.below(60) > 0 {
        return right;
    }
    *one_of(rng, &[0, 1, 2, 3, -1, -2, i64::MIN, i64::MAX, i64::MAX / 2, 1 << 50][..if may_be_large { 10 } else { 7 }])
}

impl Memory {
    fn text(&mut self, text: &str) -> *const c_char {
        self.texts.push(CString::new(text).unwrap());
        self.texts[self.texts.len() - 1].as_ptr()
    }

    fn buffer(&mut self, bytes: Vec<u8>) -> *const c_void {
        assert!(bytes.len() >= ROOM);
        self.bytes.push(bytes);
        self.bytes[self.bytes.len() - 1].as_ptr().cast()
    }

    /// Metadata with one or two pairs.
    fn metadata(&mut self, rng: &mut Rng) -> *const c_char {
        let mut bytes = (*one_of(rng, &[1_i32, 1, 0, -1])).to_ne_bytes().to_vec();
        for part in [*one_of(rng, &["interlace:levels", "ARROW:extension:name", ""]), *one_of(rng, &["declared", "", "é"])] {
            bytes.extend((part.len() as i32).to_ne_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes.resize(ROOM, 0);
        self.buffer(bytes).cast()
    }

    /// A column of a format, in two structures that may contradict each other. `n` is the number of its values.
    fn column(&mut self, rng: &mut Rng, depth: usize, n: usize) -> (*mut ArrowSchema, *mut ArrowArray) {
        let mut format = *one_of(rng, &FORMATS);
        let has_dictionary = depth < 2 && rng.below(5) == 0;
        if has_dictionary && rng.below(20) > 0 {
            format = *one_of(rng, &["c", "C", "s", "I", "i", "l", "L"]);
        }
        let offset = if rng.below(4) == 0 { rng.below(3) } else { 0 };
        let of_values = self.values(rng, format, n + offset);
        let mut buffers = vec![];
        if format != "n" && format != "+r" {
            let validity = self.buffer((0..ROOM).map(|_| rng.below(256) as u8 | rng.below(256) as u8).collect());
            buffers.push(if rng.below(2) == 0 { null() } else { validity });
        }
        buffers.extend(of_values);
        if rng.below(80) == 0 && !buffers.is_empty() {
            let at = rng.below(buffers.len());
            buffers[at] = null();
        }
        let (mut schemas, mut arrays) = (vec![], vec![]);
        if format == "+r" && depth < 3 {
            let runs = 1 + rng.below(4);
            let ends = self.run_ends(rng, runs, n);
            let values = self.column(rng, depth + 1, runs);
            (schemas, arrays) = (vec![ends.0, values.0], vec![ends.1, values.1]);
        }
        let dictionary = if has_dictionary {
            let entries = 1 + rng.below(4);
            self.column(rng, depth + 1, entries)
        } else {
            (null_mut(), null_mut())
        };
        let name = *one_of(rng, &["x", "y", "g", "", "x y"]);
        self.structures(rng, (format, name), (n, offset), buffers, (schemas, arrays), dictionary)
    }

    fn run_ends(&mut self, rng: &mut Rng, runs: usize, n: usize) -> (*mut ArrowSchema, *mut ArrowArray) {
        let mut bytes = vec![];
        let mut end = 0;
        for run in 0..runs {
            end = if run + 1 == runs { n as i32 + 3 } else { end + rng.below(n + 2) as i32 };
            bytes.extend((if rng.below(40) == 0 { rng.below(9) as i32 - 4 } else { end }).to_ne_bytes());
        }
        bytes.resize(ROOM, 0);
        let buffers = vec![null(), self.buffer(bytes)];
        self.structures(rng, ("i", "run_ends"), (runs, 0), buffers, (vec![], vec![]), (null_mut(), null_mut()))
    }

    fn structures(
        &mut self,
        rng: &mut Rng,
        (format, name): (&str, &str),
        (n, offset): (usize, usize),
        mut buffers: Vec<*const c_void>,
        (mut schemas, mut arrays): (Vec<*mut ArrowSchema>, Vec<*mut ArrowArray>),
        dictionary: (*mut ArrowSchema, *mut ArrowArray),
    ) -> (*mut ArrowSchema, *mut ArrowArray) {
        if rng.below(200) == 0 && !schemas.is_empty() {
            schemas[0] = null_mut();
        }
        if rng.below(200) == 0 && !arrays.is_empty() {
            arrays[0] = null_mut();
        }
        let metadata = if rng.below(6) == 0 { self.metadata(rng) } else { null() };
        let is_lost = |rng: &mut Rng| rng.below(150) == 0;
        let schema = ArrowSchema {
            format: if is_lost(rng) { null() } else { self.text(format) },
            name: if is_lost(rng) { null() } else { self.text(name) },
            metadata,
            flags: rng.below(8) as i64,
            // Only as many as there are, or fewer: a list can't be checked.
            n_children: *one_of(rng, &[schemas.len() as i64, schemas.len() as i64, schemas.len() as i64, 0, -1, i64::MIN]),
            children: schemas.as_mut_ptr(),
            dictionary: if is_lost(rng) { null_mut() } else { dictionary.0 },
            release: Some(release_schema),
            private_data: null_mut(),
        };
        let schema = ArrowSchema { n_children: if rng.below(40) > 0 { schemas.len() as i64 } else { schema.n_children }, ..schema };
        let n_buffers = if rng.below(100) == 0 { rng.below(buffers.len() + 1) as i64 } else { buffers.len() as i64 };
        let array = ArrowArray {
            length: odd(rng, n as i64, format == "+s"),
            null_count: *one_of(rng, &[-1, -1, -1, -1, 0, 0, 0, 1, -2]),
            offset: odd(rng, offset as i64, false),
            n_buffers,
            n_children: if is_lost(rng) { 0 } else { arrays.len() as i64 },
            buffers: buffers.as_mut_ptr(),
            children: arrays.as_mut_ptr(),
            dictionary: if is_lost(rng) { null_mut() } else { dictionary.1 },
            release: if is_lost(rng) { None } else { Some(release_array) },
            private_data: null_mut(),
        };
        self.lists.push(buffers);
        self.schemas.push(schemas);
        self.arrays.push(arrays);
        let own = (Box::into_raw(Box::new(schema)), Box::into_raw(Box::new(array)));
        self.own_schemas.push(own.0);
        self.own_arrays.push(own.1);
        own
    }

    /// The buffers behind the validity.
    fn values(&mut self, rng: &mut Rng, format: &str, n: usize) -> Vec<*const c_void> {
        let noise = |rng: &mut Rng| -> Vec<u8> {
            let most = *one_of(rng, &[3, 256]);
            (0..ROOM).map(|_| rng.below(most) as u8).collect()
        };
        let letters = |rng: &mut Rng| -> Vec<u8> { (0..ROOM).map(|_| *one_of(rng, b"abcabcab\xc3\xa9\0")).collect() };
        match format {
            "n" | "+r" | "+l" | "+s" | "" => vec![],
            "u" | "U" => {
                let mut bytes = vec![];
                let mut at = rng.below(2) as i64;
                for _ in 0..=n {
                    let own = if rng.below(60) == 0 { rng.below(40) as i64 - 3 } else { at };
                    if format == "u" {
                        bytes.extend((own as i32).to_ne_bytes());
                    } else {
                        bytes.extend(own.to_ne_bytes());
                    }
                    at += rng.below(4) as i64;
                }
                bytes.resize(ROOM, 0);
                let text = letters(rng);
                vec![self.buffer(bytes), self.buffer(text)]
            }
            "vu" => {
                let mut bytes = vec![];
                for _ in 0..n {
                    let len = *one_of(rng, &[0, 1, 3, 12, 13, 20, 60, -1, i32::MAX]);
                    let view = [
                        len,
                        rng.below(3) as i32 - i32::from(rng.below(9) == 0),
                        *one_of(rng, &[0, 1, 0, -1]),
                        rng.below(70) as i32,
                    ];
                    let view = if (0..=12).contains(&len) { [len, 0x6161_6161, 0x6262, 0] } else { view };
                    bytes.extend(view.iter().flat_map(|part| part.to_ne_bytes()));
                }
                bytes.resize(ROOM, 0);
                let (text, size) = (letters(rng), if rng.below(40) == 0 { -1 } else { rng.below(VIEWED) as i64 });
                let mut sizes = size.to_ne_bytes().to_vec();
                sizes.resize(ROOM, 0);
                vec![self.buffer(bytes), self.buffer(text), self.buffer(sizes)]
            }
            _ => {
                let bytes = noise(rng);
                vec![self.buffer(bytes)]
            }
        }
    }
}

fn record() -> ErrorRecord {
    ErrorRecord { code: 0, reserved: 0, position: -1, message: [0; 1008] }
}

/// Out to structures and back: the same shape, if the text of its labels does not forbid it.
fn there_and_back(frame: *mut c_void) {
    let mut err = record();
    // SAFETY: zeros are structures that were released.
    let (mut schema, mut array): (ArrowSchema, ArrowArray) = unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
    let mut again = null_mut();
    // SAFETY: the frame is alive, and the structures are moved into the library.
    unsafe {
        assert_eq!(interlace_frame_to_arrow(frame, &raw mut schema, &raw mut array, &raw mut err), 0);
        assert_eq!(interlace_frame_from_arrow(&raw mut schema, &raw mut array, &raw mut again, &raw mut err), 0);
        assert!(schema.release.is_none() && array.release.is_none());
        assert_eq!(interlace_frame_n_rows(again), interlace_frame_n_rows(frame));
        assert_eq!(interlace_frame_n_columns(again), interlace_frame_n_columns(frame));
        interlace_frame_free(again);
    }
}

#[test]
fn arrow_structures() {
    const ONCE_FAILED: &[u64] = &[];
    run("Arrow structures", 20_000, ONCE_FAILED, |rng| {
        let mut memory = Memory::default();
        let (rows, mut columns) = (rng.below(9), vec![]);
        for _ in 0..=rng.below(2) {
            let more = rng.below(2);
            columns.push(memory.column(rng, 0, rows + more));
        }
        let children = columns.into_iter().unzip();
        let format = if rng.below(80) == 0 { "g" } else { "+s" };
        let table = memory.structures(rng, (format, ""), (rows, 0), vec![null()], children, (null_mut(), null_mut()));
        let (mut err, mut frame) = (record(), null_mut());
        // SAFETY: all that the structures point to lives in `memory`.
        unsafe {
            let status = interlace_frame_from_arrow(table.0, table.1, &raw mut frame, &raw mut err);
            assert!((*table.0).release.is_none() && (*table.1).release.is_none(), "both are released");
            if status == 0 {
                there_and_back(frame);
                interlace_frame_free(frame);
                return End::Read;
            }
            let text = CStr::from_ptr(err.message.as_ptr()).to_str().unwrap();
            // An argument, data, or memory.
            assert!([1, 3, 5].contains(&status) && status == err.code && frame.is_null(), "{status}: {text}");
            assert!(!text.is_empty() && !text.contains('\n'), "{text}");
        }
        End::Refused
    });
}
