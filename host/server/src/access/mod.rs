//! Access: tokens, who a caller is, and the record of every use.
