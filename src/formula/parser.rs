//! Tokens to a syntax tree, with R's operator precedence.

use super::lexer::{Token, TokenKind, shorten, tokens};
use super::{Argument, Expr, ExprKind, Op, Span};
use crate::error::{Error, Result};

/// Parentheses, calls, signs and powers inside one another. Bounds the recursion of the parser.
const MAX_NESTING: usize = 200;
/// Height of the whole tree: `a + b + c` is two high. Bounds the recursion that drops or clones a tree.
const MAX_HEIGHT: usize = 6_000;
/// Height of a tree that becomes a variable (an argument, a comparison, the response): these outlive the parse.
const MAX_VARIABLE_HEIGHT: usize = 500;

/// A formula as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    pub text: String,
    /// What is left of `~`; `None` in a one-sided formula.
    pub response: Option<Expr>,
    pub rhs: Expr,
}

/// Reads `response ~ terms` or `~ terms`.
pub fn parse(text: &str) -> Result<Parsed> {
    let mut parser = Parser::new(text)?;
    let response = if parser.peek().kind == TokenKind::Tilde {
        None
    } else {
        let node = parser.expression(Level::Bar)?;
        parser.check_height(&node, MAX_VARIABLE_HEIGHT)?;
        Some(node.expr)
    };
    match parser.peek().kind {
        TokenKind::Tilde => parser.at += 1,
        TokenKind::End => return Err(Error::formula(text.len(), "the formula has no '~': want 'response ~ terms'")),
        _ => return Err(parser.unexpected("an operator or '~'")),
    }
    let rhs = parser.expression(Level::Bar)?.expr;
    parser.expect_end()?;
    Ok(Parsed { text: text.to_string(), response, rhs })
}

/// Reads a random term on its own: `(1 + x | g)` or `1 + x | g`.
pub fn parse_random(text: &str) -> Result<Expr> {
    let mut parser = Parser::new(text)?;
    let node = parser.expression(Level::Bar)?;
    parser.expect_end()?;
    Ok(node.expr)
}

/// Precedence, loosest first (R's `?Syntax`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Bar,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    In,
    Colon,
    Sign,
    Power,
}

/// The level of a binary operator; none for `!`.
fn level(op: Op) -> Option<Level> {
    Some(match op {
        Op::Bar | Op::DoubleBar | Op::Or => Level::Bar,
        Op::And => Level::And,
        Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual | Op::Equal | Op::NotEqual => Level::Comparison,
        Op::Add | Op::Sub => Level::Sum,
        Op::Mul | Op::Div => Level::Product,
        Op::In => Level::In,
        Op::Colon => Level::Colon,
        Op::Pow => Level::Power,
        Op::Not => return None,
    })
}

/// The level of the operands to the right of an operator: one above it, but for the right-associative `^`.
fn right_level(level: Level) -> Level {
    match level {
        Level::Bar => Level::And,
        Level::And => Level::Not,
        Level::Not => Level::Comparison,
        Level::Comparison => Level::Sum,
        Level::Sum => Level::Product,
        Level::Product => Level::In,
        Level::In => Level::Colon,
        Level::Colon => Level::Sign,
        Level::Sign | Level::Power => Level::Power,
    }
}

/// A tree with its height.
struct Node {
    expr: Expr,
    height: usize,
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    nesting: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self> {
        Ok(Parser { text, tokens: tokens(text)?, at: 0, nesting: 0 })
    }

    fn peek(&self) -> &Token {
        // The last token is `End` and is never passed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn unexpected(&self, wanted: &str) -> Error {
        let token = self.peek();
        let seen = match token.kind {
            TokenKind::End => "the end".to_string(),
            _ => format!("'{}'", shorten(&self.text[token.start..token.end])),
        };
        let hint = match token.kind {
            TokenKind::Tilde => "; a formula has one '~'",
            TokenKind::Equals => "; '=' only names an argument, equality is '=='",
            _ => "",
        };
        Error::formula(token.start, format!("expected {wanted}, found {seen}{hint}"))
    }

    fn expect_end(&self) -> Result<()> {
        match self.peek().kind {
            TokenKind::End => Ok(()),
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    fn check_height(&self, node: &Node, limit: usize) -> Result<()> {
        if node.height <= limit {
            return Ok(());
        }
        let message = format!("more than {limit} operators in one expression ('{}')", shorten(&self.text[node.expr.span.start..]));
        Err(Error::formula(node.expr.span.start, message))
    }

    /// Counts one more level around `inner`.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting == MAX_NESTING {
            return Err(Error::formula(self.peek().start, format!("nested more than {MAX_NESTING} deep")));
        }
        self.nesting += 1;
        let result = inner(self);
        self.nesting -= 1;
        result
    }

    /// An expression whose operators are all at `loosest` or tighter (precedence climbing).
    fn expression(&mut self, loosest: Level) -> Result<Node> {
        let mut left = self.operand()?;
        while let TokenKind::Operator(op) = self.peek().kind
            && let Some(level) = level(op).filter(|&level| level >= loosest)
        {
            self.at += 1;
            let right = match level {
                Level::Power => self.nested(|p| p.expression(Level::Power))?,
                _ => self.expression(right_level(level))?,
            };
            left = self.binary(op, left, right)?;
            if level == Level::Comparison && matches!(self.peek().kind, TokenKind::Operator(next) if comparison(next)) {
                return Err(self.unexpected("one comparison (comparisons do not chain)"));
            }
        }
        Ok(left)
    }

    fn binary(&self, op: Op, left: Node, right: Node) -> Result<Node> {
        if comparison(op) || op == Op::And {
            self.check_height(&left, MAX_VARIABLE_HEIGHT)?;
            self.check_height(&right, MAX_VARIABLE_HEIGHT)?;
        }
        let span = Span { start: left.expr.span.start, end: right.expr.span.end };
        let height = 1 + left.height.max(right.height);
        let kind = ExprKind::Binary { op, left: Box::new(left.expr), right: Box::new(right.expr) };
        let node = Node { expr: Expr { kind, span }, height };
        self.check_height(&node, MAX_HEIGHT)?;
        Ok(node)
    }

    /// A signed or negated operand, a number, a text, a name, a call or a parenthesis.
    fn operand(&mut self) -> Result<Node> {
        let Token { kind, start, end } = self.peek().clone();
        let span = Span { start, end };
        match kind {
            TokenKind::Operator(op @ (Op::Add | Op::Sub)) => self.unary(op, Level::Power, start),
            TokenKind::Operator(Op::Not) => self.unary(Op::Not, Level::Not, start),
            TokenKind::Number(value) => Ok(self.leaf(ExprKind::Number(value), span)),
            TokenKind::Text(value) => Ok(self.leaf(ExprKind::Text(value), span)),
            TokenKind::Name(name) => self.name_or_call(name, span),
            TokenKind::Open => self.parenthesis(start),
            _ => Err(self.unexpected("a name, a number or '('")),
        }
    }

    fn leaf(&mut self, kind: ExprKind, span: Span) -> Node {
        self.at += 1;
        Node { expr: Expr { kind, span }, height: 1 }
    }

    fn unary(&mut self, op: Op, tightness: Level, start: usize) -> Result<Node> {
        self.at += 1;
        let operand = self.nested(|p| p.expression(tightness))?;
        if op == Op::Not {
            self.check_height(&operand, MAX_VARIABLE_HEIGHT)?;
        }
        let span = Span { start, end: operand.expr.span.end };
        let height = 1 + operand.height;
        Ok(Node { expr: Expr { kind: ExprKind::Unary { op, operand: Box::new(operand.expr) }, span }, height })
    }

    fn parenthesis(&mut self, start: usize) -> Result<Node> {
        let inner = self.nested(|p| {
            p.at += 1;
            p.expression(Level::Bar)
        })?;
        if self.peek().kind != TokenKind::Close {
            return Err(self.unexpected(&format!("an operator or the ')' for the '(' at byte {start}")));
        }
        let span = Span { start, end: self.peek().end };
        self.at += 1;
        let height = 1 + inner.height;
        Ok(Node { expr: Expr { kind: ExprKind::Paren(Box::new(inner.expr)), span }, height })
    }

    /// A name, or a call where `(` follows. A package before `::` is dropped: the functions are ours.
    fn name_or_call(&mut self, name: String, span: Span) -> Result<Node> {
        let leaf = self.leaf(ExprKind::Name(name.clone()), span);
        match self.peek().kind {
            TokenKind::Open => self.call(name, span.start),
            TokenKind::Package => {
                self.at += 1;
                let TokenKind::Name(function) = self.peek().kind.clone() else {
                    return Err(self.unexpected("the name of a function after '::'"));
                };
                self.at += 1;
                match self.peek().kind {
                    TokenKind::Open => self.call(function, span.start),
                    _ => Err(self.unexpected("'(' after a function of a package")),
                }
            }
            _ => Ok(leaf),
        }
    }

    /// The arguments of a call, from its `(`.
    fn call(&mut self, function: String, start: usize) -> Result<Node> {
        let (mut arguments, mut height) = (Vec::new(), 0);
        let open = self.peek().start;
        self.nested(|p| {
            p.at += 1;
            if p.peek().kind == TokenKind::Close {
                return Ok(());
            }
            loop {
                let (argument, its_height) = p.argument()?;
                height = height.max(its_height);
                arguments.push(argument);
                match p.peek().kind {
                    TokenKind::Comma => p.at += 1,
                    TokenKind::Close => return Ok(()),
                    _ => return Err(p.unexpected(&format!("',' or the ')' for the '(' at byte {open}"))),
                }
            }
        })?;
        let span = Span { start, end: self.peek().end };
        self.at += 1;
        Ok(Node { expr: Expr { kind: ExprKind::Call { function, arguments }, span }, height: 1 + height })
    }

    fn argument(&mut self) -> Result<(Argument, usize)> {
        let named = self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Equals);
        let name = match &self.peek().kind {
            TokenKind::Name(name) | TokenKind::Text(name) if named && !name.is_empty() => Some(name.clone()),
            _ => None,
        };
        if name.is_some() {
            self.at += 2;
        }
        let node = self.expression(Level::Bar)?;
        self.check_height(&node, MAX_VARIABLE_HEIGHT)?;
        Ok((Argument { name, value: node.expr }, node.height))
    }
}

fn comparison(op: Op) -> bool {
    level(op) == Some(Level::Comparison)
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_random};
    use crate::formula::{Expr, ExprKind};

    /// The tree in prefix form, which shows the precedence.
    fn tree(expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Binary { op, left, right } => format!("({op:?} {} {})", tree(left), tree(right)),
            ExprKind::Unary { op, operand } => format!("({op:?} {})", tree(operand)),
            _ => expr.to_string(),
        }
    }

    #[test]
    fn precedence_is_that_of_r() {
        let cases = [
            ("a^b^c", "(Pow a (Pow b c))"),
            ("-a^2", "(Sub (Pow a 2))"),
            ("-a:b", "(Colon (Sub a) b)"),
            ("a^-b:c", "(Colon (Pow a (Sub b)) c)"),
            ("a %in% b:c", "(In a (Colon b c))"),
            ("a %in% b * c", "(Mul (In a b) c)"),
            ("a/b:c/d", "(Div (Div a (Colon b c)) d)"),
            ("a - b + c", "(Add (Sub a b) c)"),
            ("a + b == c * d", "(Equal (Add a b) (Mul c d))"),
            ("!a == b & c", "(And (Not (Equal a b)) c)"),
            ("a + !b + c", "(Add a (Not (Add b c)))"),
            ("1 + x | g & h", "(Bar (Add 1 x) (And g h))"),
            ("1 || g | h", "(Bar (DoubleBar 1 g) h)"),
            ("a\n + b", "(Add a b)"),
        ];
        for (text, wanted) in cases {
            assert_eq!(tree(&parse_random(text).unwrap()), wanted, "{text}");
        }
    }

    #[test]
    fn sides() {
        assert_eq!(parse("~ x").unwrap().response, None);
        let parsed = parse("log(y) ~ x + stats::poly(z, 2L)").unwrap();
        assert_eq!(parsed.response.unwrap().to_string(), "log(y)");
        assert_eq!(parsed.rhs.to_string(), "x + poly(z, 2)");
    }

    #[test]
    fn spans_are_bytes_of_the_text() {
        let text = "é ~ a + (b:  c)";
        let parsed = parse(text).unwrap();
        let ExprKind::Binary { right, .. } = &parsed.rhs.kind else { panic!("no sum") };
        assert_eq!(&text[right.span.start..right.span.end], "(b:  c)");
        assert_eq!(&text[parsed.rhs.span.start..parsed.rhs.span.end], "a + (b:  c)");
    }

    #[test]
    fn errors_name_the_byte() {
        let cases = [
            ("", 0, "found the end"),
            ("y", 1, "no '~'"),
            ("y ~", 3, "found the end"),
            ("y x ~ z", 2, "found 'x'"),
            ("y ~ x ~ z", 6, "one '~'"),
            ("y ~ (x", 6, "the ')' for the '(' at byte 4"),
            ("y ~ x)", 5, "found ')'"),
            ("y ~ x +", 7, "found the end"),
            ("y ~ * x", 4, "found '*'"),
            ("y ~ f(x,)", 8, "found ')'"),
            ("y ~ f(x y)", 8, "found 'y'"),
            ("y ~ f(x)(z)", 8, "found '('"),
            ("y ~ x = 2", 6, "equality is '=='"),
            ("y ~ I(x <-2)", 8, "with a space"),
            ("y ~ a < b < c", 10, "do not chain"),
            ("y ~ x[1]", 5, "without indexing"),
            ("y ~ x %o% z", 6, "only %in%"),
            ("y ~ 'x", 4, "not closed"),
            ("y ~ '\\q'", 5, "escape"),
            ("y ~ ``", 4, "empty"),
            ("y ~ 0x10", 5, "'x' after the number 0"),
            ("y ~ 1e", 5, "no digits"),
            ("y ~ 1e999", 4, "too large"),
            ("y ~ 1..2", 6, "'.' after the number 1."),
            ("y ~ if", 4, "`if`"),
            ("y ~ p::x", 8, "after a function of a package"),
            ("y ~ p::(x)", 7, "the name of a function"),
            ("y ~ \u{200b}x", 4, "no meaning"),
        ];
        for (text, byte, message) in cases {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {error}");
            assert_eq!(error.position, byte, "{text}: {error}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |open: &str, n: usize, close: &str| format!("y ~ {}a{}", open.repeat(n), close.repeat(n));
        assert!(parse(&nested("(", 200, ")")).is_ok());
        assert_eq!(parse(&nested("(", 201, ")")).unwrap_err().position, 204);
        for hostile in ["(", "-", "!", "f(", "a^", "a^(", "a|b&c==d+e*f%in%g:-h^("] {
            let error = parse(&format!("y ~ {}", hostile.repeat(1_000_000 / hostile.len()))).unwrap_err();
            assert!(error.message.contains("nested more than 200"), "{hostile}: {error}");
        }
    }

    #[test]
    fn length_is_not_bounded_but_height_is() {
        assert_eq!(parse(&format!("y ~ {}", vec!["a"; 5_000].join("+"))).unwrap().rhs.to_string().len(), 5_000 + 3 * 4_999);
        assert!(parse(&format!("y ~ {}", "a".repeat(1_000_000))).is_ok());
        assert!(parse(&format!("y ~ f({})", vec!["a"; 500_000].join(","))).is_ok());
        for operator in ["+", ":", "*", "|"] {
            let error = parse(&format!("y ~ {}", vec!["a"; 500_000].join(operator))).unwrap_err();
            assert!(error.message.contains("more than 6000 operators"), "{error}");
        }
        let error = parse(&format!("y ~ I({})", vec!["a"; 1_000].join("+"))).unwrap_err();
        assert!(error.message.contains("more than 500 operators") && error.message.len() < 200, "{error}");
    }
}
