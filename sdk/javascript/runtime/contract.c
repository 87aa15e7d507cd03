// The exports of `contract.wit`. `configure` starts QuickJS and evaluates the author's program.
// The host keeps the memory after that, so a judgement starts with the program loaded.

#include <string.h>

#include "boundary.h"
#include "last_words.h"
#include "modules.h"

#define PROGRAM(function) __attribute__((import_module("tollgate:program"), import_name(function)))
#define EXPORT(function) __attribute__((export_name("tollgate:contract/" function)))
// Called after the host has read a result.
#define POST_RETURN(function, name) \
    __attribute__((export_name("cabi_post_tollgate:contract/" function))) \
    void name(Result *result) { \
        (void)result; \
        free_kept(); \
    }
// The canonical ABI passes a subject as flattened parameters.
#define SUBJECT \
    uint32_t kind, uint8_t *first, uint32_t first_length, uint8_t *second, \
        uint32_t second_length, uint32_t has_prompt, uint8_t *name, uint32_t name_length, \
        uint8_t *version, uint32_t version_length, uint8_t *digest, uint32_t digest_length, \
        uint8_t *about, uint32_t about_length
#define PARTS \
    kind, first, first_length, second, second_length, has_prompt, name, name_length, version, \
        version_length, digest, digest_length, about, about_length

// A sandbox usually ends before it is full of garbage, and collecting garbage would cost more than
// most judgements. It only starts above this threshold.
enum { GARBAGE_BYTES_MAX = 16 << 20 };
// Much less than the shadow stack that the linker reserves, which leaves room for C functions.
enum { STACK_BYTES_MAX = 512 << 10 };

// The author's bundled program. `tollgate build` replaces these two imports.
PROGRAM("length") uint32_t program_length(void);
PROGRAM("copy") void program_copy(char *to);

static JSContext *context;
static JSValue contract;

static JSValue call(const char *name, int count, JSValue *given) {
    JSValue function = get(context, contract, name);
    JSValue result = JS_Call(context, function, contract, count, given);
    JS_FreeValue(context, function);
    for (int i = 0; i < count; i++) JS_FreeValue(context, given[i]);
    return result;
}

// Evaluating a module returns a promise. If it is still pending after all jobs, it never settles.
static void settle(JSValue promise) {
    JSContext *job;
    while (JS_ExecutePendingJob(JS_GetRuntime(context), &job) > 0) continue;
    switch (JS_PromiseState(context, promise)) {
        case JS_PROMISE_REJECTED:
            JS_Throw(context, JS_PromiseResult(context, promise));
            die_of_exception(context);
        case JS_PROMISE_PENDING:
            die("the program awaits a promise at its top level that never settles in a sandbox");
        default:
            JS_FreeValue(context, promise);
    }
}

static void load_program(void) {
    uint32_t length = program_length();
    char *program = allocate_kept(length + 1);
    program_copy(program);
    int compile = JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY;
    JSValue module = JS_Eval(context, program, length, "contract", compile);
    if (JS_IsException(module)) die_of_exception(context);
    JSModuleDef *definition = JS_VALUE_GET_PTR(module);
    JSValue evaluated = JS_EvalFunction(context, module);
    if (JS_IsException(evaluated)) die_of_exception(context);
    settle(evaluated);
    JSValue names = JS_GetModuleNamespace(context, definition);
    contract = get(context, names, "judge");
    JS_FreeValue(context, names);
}

static void start(void) {
    if (context) die("configured twice");
    JSRuntime *runtime = JS_NewRuntime();
    if (!runtime) die("out of memory");
    JS_SetMaxStackSize(runtime, STACK_BYTES_MAX);
    JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);
    context = JS_NewContext(runtime);
    if (!context) die("out of memory");
    load_program();
}

// Calls a function of the program. If it throws a refusal, stores that in the result, and the caller
// must not write anything else into it.
static JSValue call_or_refuse(const char *name, int count, JSValue *given, Result *result) {
    JSValue answer = call(name, count, given);
    if (!JS_IsException(answer)) return answer;
    result->failed = 1;
    if (!take_refusal(context, &result->refusal)) die_of_exception(context);
    return JS_UNDEFINED;
}

EXPORT("judge@0.1.0#configure")
Result *configure(uint8_t *config, uint32_t length) {
    start();
    Result *result = allocate_kept(sizeof *result);
    JSValue given = text_to_js(context, (Text){config, length});
    JS_FreeValue(context, call_or_refuse("configure", 1, &given, result));
    JS_RunGC(JS_GetRuntime(context));
    JS_SetGCThreshold(JS_GetRuntime(context), GARBAGE_BYTES_MAX);
    return result;
}

static void set(JSValue object, const char *name, JSValue value) {
    if (JS_SetPropertyStr(context, object, name, value) < 0) die_of_exception(context);
}

static void set_text(JSValue object, const char *name, Text text) {
    set(object, name, text_to_js(context, text));
}

static JSValue content_to_js(uint32_t tag, Text first, Text second) {
    static const char *const names[] = {WIT_CONTENT_NAMES};
    JSValue content = JS_NewObject(context);
    set(content, "tag", JS_NewString(context, names[tag]));
    if (tag != WIT_CONTENT_ACTION) {
        set_text(content, "val", first);
        return content;
    }
    JSValue action = JS_NewObject(context);
    set_text(action, "tool", first);
    set_text(action, "arguments", second);
    set(content, "val", action);
    return content;
}

static JSValue prompt_to_js(uint32_t some, Text name, Text version, Text digest) {
    if (!some) return JS_NULL;
    JSValue prompt = JS_NewObject(context);
    set_text(prompt, "name", name);
    set_text(prompt, "version", version);
    set_text(prompt, "digest", digest);
    return prompt;
}

static JSValue subject_to_js(SUBJECT) {
    if (!context) die("judged before it was configured");
    JSValue subject = JS_NewObject(context);
    set(subject, "content",
        content_to_js(kind, (Text){first, first_length}, (Text){second, second_length}));
    set(subject, "prompt",
        prompt_to_js(has_prompt, (Text){name, name_length}, (Text){version, version_length},
                     (Text){digest, digest_length}));
    set_text(subject, "context", (Text){about, about_length});
    return subject;
}

static Result *report(const char *name, int count, JSValue *given) {
    Result *result = allocate_kept(sizeof *result);
    JSValue answer = call_or_refuse(name, count, given, result);
    if (!result->failed) result->report = report_of(context, answer);
    JS_FreeValue(context, answer);
    return result;
}

EXPORT("judge@0.1.0#judge")
Result *judge(SUBJECT) {
    JSValue subject = subject_to_js(PARTS);
    return report("judge", 1, &subject);
}

EXPORT("judge-stream@0.1.0#begin")
Result *begin(SUBJECT) {
    Result *result = allocate_kept(sizeof *result);
    JSValue subject = subject_to_js(PARTS);
    JS_FreeValue(context, call_or_refuse("begin", 1, &subject, result));
    return result;
}

EXPORT("judge-stream@0.1.0#push")
Result *push(uint8_t *part, uint32_t length) {
    Result *result = allocate_kept(sizeof *result);
    JSValue given = text_to_js(context, (Text){part, length});
    JSValue progress = call_or_refuse("push", 1, &given, result);
    if (!result->failed) result->progress = progress_of(context, progress);
    JS_FreeValue(context, progress);
    return result;
}

EXPORT("judge-stream@0.1.0#finish")
Result *finish(void) {
    return report("finish", 0, NULL);
}

POST_RETURN("judge@0.1.0#configure", configured)
POST_RETURN("judge@0.1.0#judge", judged)
POST_RETURN("judge-stream@0.1.0#begin", begun)
POST_RETURN("judge-stream@0.1.0#push", pushed)
POST_RETURN("judge-stream@0.1.0#finish", finished)
