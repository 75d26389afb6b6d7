//! Formula text to tokens, by R's lexical rules.

use super::Op;
use crate::error::{Error, Result};
use crate::names::push_shown;

/// A token and the bytes it was read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Number(f64),
    Text(String),
    Name(String),
    Operator(Op),
    Tilde,
    Open,
    Close,
    Comma,
    /// `=`, which only names an argument.
    Equals,
    /// `::` or `:::`.
    Package,
    End,
}

/// Words that are never the name of a column unless they are in backticks.
const KEYWORDS: [&str; 10] = ["if", "else", "repeat", "while", "function", "for", "next", "break", "in", "..."];

/// Names that stand for a value.
const CONSTANTS: [&str; 10] =
    ["TRUE", "FALSE", "NULL", "NA", "Inf", "NaN", "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"];

pub(super) fn is_constant(name: &str) -> bool {
    CONSTANTS.contains(&name)
}

pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '_'
}

/// Whether R reads `name` as one name without backticks (keywords and constants are so spelt too).
pub(super) fn is_syntactic(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = match chars.next() {
        Some('.') => !chars.clone().next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphabetic(),
        None => false,
    };
    starts && chars.all(continues_name)
}

/// All tokens of `text`; the last is `End`.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let done = token.kind == TokenKind::End;
        tokens.push(token);
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Token> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        let start = self.at;
        let mut chars = self.rest().chars();
        let (first, second) = (chars.next(), chars.next());
        let kind = match first {
            None => TokenKind::End,
            Some('"' | '\'') => TokenKind::Text(self.quoted()?),
            Some('`') => TokenKind::Name(self.backticked()?),
            Some(c) if c.is_ascii_digit() => self.number()?,
            Some('.') if second.is_some_and(|c| c.is_ascii_digit()) => self.number()?,
            Some(c) if c.is_alphabetic() || c == '.' => self.name()?,
            Some(c) => self.operator(c)?,
        };
        Ok(Token { kind, start, end: self.at })
    }

    fn name(&mut self) -> Result<TokenKind> {
        let rest = self.rest();
        let length = rest.find(|c| !continues_name(c)).unwrap_or(rest.len());
        let name = &rest[..length];
        if is_keyword(name) {
            return Err(Error::formula(self.at, format!("'{name}' is a word of R: a column of that name is written `{name}`")));
        }
        self.at += length;
        Ok(TokenKind::Name(name.to_string()))
    }

    fn backticked(&mut self) -> Result<String> {
        let start = self.at;
        let name = self.quoted()?;
        if name.is_empty() {
            return Err(Error::formula(start, "the name between the backticks is empty"));
        }
        Ok(name)
    }

    /// Digits with an optional fraction, exponent and `L`.
    fn number(&mut self) -> Result<TokenKind> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(start);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent == end + 1 + sign {
                return Err(Error::formula(end, "the number has no digits after its 'e'"));
            }
            end = exponent;
        }
        let value: f64 = self.text[start..end].parse().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            return Err(Error::formula(start, format!("the number {} is too large", shorten(&self.text[start..end]))));
        }
        if bytes.get(end) == Some(&b'L') {
            end += 1;
        }
        if let Some(c) = self.text[end..].chars().next().filter(|&c| continues_name(c)) {
            return Err(Error::formula(end, format!("'{c}' after the number {}", shorten(&self.text[start..end]))));
        }
        self.at = end;
        Ok(TokenKind::Number(value))
    }

    /// Text up to the quote that opened it, with R's backslash escapes.
    fn quoted(&mut self) -> Result<String> {
        let start = self.at;
        let mut chars = self.rest().char_indices();
        let Some((_, quote)) = chars.next() else { return Ok(String::new()) };
        let mut out = String::new();
        while let Some((offset, c)) = chars.next() {
            if c == quote {
                self.at = start + offset + c.len_utf8();
                return Ok(out);
            }
            if c == '\\' {
                let (value, length) = escape(&self.text[start + offset + 1..])
                    .ok_or_else(|| Error::formula(start + offset, "unknown backslash escape in a quoted text"))?;
                out.push(value);
                let resume = offset + 1 + length;
                while chars.clone().next().is_some_and(|(next, _)| next < resume) {
                    chars.next();
                }
            } else {
                out.push(c);
            }
        }
        Err(Error::formula(start, format!("the quote {quote} is not closed")))
    }

    fn operator(&mut self, first: char) -> Result<TokenKind> {
        const SPELLINGS: [(&str, TokenKind); 26] = [
            (":::", TokenKind::Package),
            ("%in%", TokenKind::Operator(Op::In)),
            ("::", TokenKind::Package),
            ("||", TokenKind::Operator(Op::DoubleBar)),
            ("&&", TokenKind::Operator(Op::And)),
            ("**", TokenKind::Operator(Op::Pow)),
            ("<=", TokenKind::Operator(Op::LessEqual)),
            (">=", TokenKind::Operator(Op::GreaterEqual)),
            ("==", TokenKind::Operator(Op::Equal)),
            ("!=", TokenKind::Operator(Op::NotEqual)),
            ("+", TokenKind::Operator(Op::Add)),
            ("-", TokenKind::Operator(Op::Sub)),
            ("*", TokenKind::Operator(Op::Mul)),
            ("/", TokenKind::Operator(Op::Div)),
            ("^", TokenKind::Operator(Op::Pow)),
            (":", TokenKind::Operator(Op::Colon)),
            ("|", TokenKind::Operator(Op::Bar)),
            ("&", TokenKind::Operator(Op::And)),
            ("!", TokenKind::Operator(Op::Not)),
            ("<", TokenKind::Operator(Op::Less)),
            (">", TokenKind::Operator(Op::Greater)),
            ("~", TokenKind::Tilde),
            ("(", TokenKind::Open),
            (")", TokenKind::Close),
            (",", TokenKind::Comma),
            ("=", TokenKind::Equals),
        ];
        let rest = self.rest();
        if rest.starts_with("<-") || rest.starts_with("->") {
            let (head, tail) = rest[..2].split_at(1);
            return Err(Error::formula(self.at, format!("'{head}{tail}' assigns in R: write '{head} {tail}' with a space")));
        }
        let found = SPELLINGS.into_iter().find(|(spelling, _)| rest.starts_with(spelling));
        let Some((spelling, kind)) = found else { return Err(self.unknown(first)) };
        self.at += spelling.len();
        Ok(kind)
    }

    fn unknown(&self, c: char) -> Error {
        let hint = match c {
            '%' => ": of the %..% operators only %in% is known",
            '[' | '$' | '@' => ": variables are columns by name, without indexing",
            _ => "",
        };
        Error::formula(self.at, format!("the character {c:?} has no meaning in a formula{hint}"))
    }
}

/// The character that a backslash escape stands for, and the bytes it takes after the backslash.
fn escape(rest: &str) -> Option<(char, usize)> {
    let c = rest.chars().next()?;
    let plain = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'v' => '\x0b',
        '\\' | '"' | '\'' | '`' | ' ' => c,
        'x' => return code_point(rest, 1, 2),
        'u' => return code_point(rest, 1, 4),
        'U' => return code_point(rest, 1, 8),
        _ => return None,
    };
    Some((plain, c.len_utf8()))
}

/// Up to `most` hexadecimal digits from byte `from`, in braces or not. NUL is not allowed, as in R.
fn code_point(rest: &str, from: usize, most: usize) -> Option<(char, usize)> {
    let braced = rest[from..].starts_with('{');
    let begin = from + usize::from(braced);
    let count = rest[begin..].bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
    let end = begin + count;
    if count == 0 || (braced && !rest[end..].starts_with('}')) {
        return None;
    }
    let value = char::from_u32(u32::from_str_radix(&rest[begin..end], 16).ok()?).filter(|&c| c != '\0')?;
    Some((value, end + usize::from(braced)))
}

/// A piece of the formula, short enough for a message of one line.
pub(super) fn shorten(piece: &str) -> String {
    let mut text = String::new();
    for (i, c) in piece.chars().enumerate() {
        if i == 40 {
            text += "...";
            break;
        }
        push_shown(&mut text, c);
    }
    text
}
