//! Bytes of a model file: variable-length numbers and length-prefixed strings.

/// What is wrong with the bytes of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage(pub &'static str);

/// Writes numbers and bytes.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A number, seven bits a byte, lowest first.
    pub fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.out.push((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        self.out.push(n as u8);
    }

    /// A length and as many bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A count and as many texts.
    pub fn texts(&mut self, texts: &[String]) {
        self.number(texts.len() as u64);
        for text in texts {
            self.text(text);
        }
    }

    /// All that was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}

/// Reads what [`Writer`] wrote.
#[derive(Debug, Clone)]
pub struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    /// Reads from the first byte.
    pub fn new(bytes: &'b [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// Whether all was read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// A number.
    ///
    /// # Errors
    /// When the bytes end within it, or it has more than 64 bits.
    pub fn number(&mut self) -> Result<u64, Damage> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Damage("the bytes end early"))?;
            self.rest = rest;
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(Damage("a number of more than 64 bits"))
    }

    /// A number of at most `limit`, so that no length takes memory before it is checked.
    ///
    /// # Errors
    /// When it is larger, or as [`Reader::number`].
    pub fn size(&mut self, limit: usize) -> Result<usize, Damage> {
        usize::try_from(self.number()?)
            .ok()
            .filter(|&n| n <= limit)
            .ok_or(Damage("a number larger than can be"))
    }

    /// A length and as many bytes.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn bytes(&mut self) -> Result<&'b [u8], Damage> {
        let length = self.size(self.rest.len())?;
        if length > self.rest.len() {
            return Err(Damage("the bytes end early"));
        }
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(bytes)
    }

    /// A text.
    ///
    /// # Errors
    /// When it is no UTF-8, or as [`Reader::bytes`].
    pub fn text(&mut self) -> Result<String, Damage> {
        let bytes = self.bytes()?;
        Ok(std::str::from_utf8(bytes).map_err(|_| Damage("a text that is no UTF-8"))?.to_owned())
    }

    /// A count and as many texts.
    ///
    /// # Errors
    /// As [`Reader::text`].
    pub fn texts(&mut self) -> Result<Vec<String>, Damage> {
        (0..self.size(self.rest.len())?).map(|_| self.text()).collect()
    }
}
