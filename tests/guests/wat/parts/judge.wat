;; What lies at 1024. Zeros are `ok`, `pass`, no findings and no measures.
(func (export "judge") (type $judge) (i32.const 1024))
