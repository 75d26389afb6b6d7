//! CSV text in parts, for data longer than memory.

use super::boundary::boundary;
use super::buffer::target;
use super::c_char;
use super::csv::{CsvOptionsHandle, options_of};
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::status::{ErrorRecord, Status};
use super::strings::system_path;
use crate::frame::CsvStream;

/// CSV text that is read part by part.
/// Since 0.1.
pub struct CsvStreamHandle {
    stream: CsvStream,
}

/// Opens a CSV file to be read in parts of 8 MB, of which memory holds one at a time. Parts end between rows, and are the same however the bytes
/// arrive. What is CSV is as in interlace_frame_read_csv, except that the first part decides which columns are numbers: text in such a column
/// later is an error of whatever uses that column of the part, whose message names the line. Columns that need it should be declared as categorical.
/// INTERLACE_E_IO if the file cannot be opened.
/// @param path The path of the file; "-" for the standard input of the process, which nothing else must read then.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_stream_open(
    path: *const c_char,
    options: Option<&CsvOptionsHandle>,
    out: *mut *mut CsvStreamHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (out, options) = (target(out, "out")?, options_of(options));
        let path = system_path(path, "path")?;
        let stream = if path.as_os_str() == "-" {
            CsvStream::new(Box::new(std::io::stdin()), "the standard input".to_owned(), &options)?
        } else {
            CsvStream::open(path, &options)?
        };
        out.write(give(CsvStreamHandle { stream })?);
        Ok(())
    })
}

/// Reads the next part into a frame of its own. A frame without rows says that there are no more; it has the columns nevertheless. After an
/// error the stream has ended.
/// INTERLACE_E_DATA if the text is not CSV (`position` is the row, from 0, counted from the first part); INTERLACE_E_IO if it cannot be read.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_stream_next(
    stream: Option<&mut CsvStreamHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (stream, out) = (need(stream, "stream")?, target(out, "out")?);
        out.write(give(FrameHandle::new(stream.stream.next_frame()?))?);
        Ok(())
    })
}

/// Closes and frees a stream. NULL is allowed; frames that it gave live on.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_csv_stream_free(stream: Option<Box<CsvStreamHandle>>) {
    free(stream);
}
