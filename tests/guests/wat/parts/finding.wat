;; A report at 1024 that passes with one finding, at 2048, whose texts lie at 3072.
(data (i32.const 1024)
  "\00\00\00\00"                 ;; 1024 ok
  "\00\00\00\00"                 ;; 1028 pass
  "\00\08\00\00" "\01\00\00\00"  ;; 1032 findings
  "\00\00\00\00" "\00\00\00\00") ;; 1040 measures
(data (i32.const 2048)
  "\00\0c\00\00" "\08\00\00\00"  ;; 2048 rule
  "\00\00\00\00"                 ;; 2056 severity: info
  "\08\0c\00\00" "\04\00\00\00"  ;; 2060 message
  "\00\00\00\00"                 ;; 2068 place: whole
  "\00\00\00\00" "\00\00\00\00"  ;; 2072 span or pointer
  "\00\00\00\00"                 ;; 2080 fix: none
  "\00\00\00\00" "\00\00\00\00"  ;; 2084 text of the fix
  "\00\00\00\00"                 ;; 2092
  "\00\00\00\00")                ;; 2096 confidence: none
(data (i32.const 3072) "mischief" "look")
