;; Everything that the host writes lands at the same place, because nobody reads it.
(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
