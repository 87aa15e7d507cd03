// Maps the stack of an exception to the author's files. The contract runs as one bundled program,
// and `tollgate build` writes a table of the origins of its lines into the first line. The runtime
// calls this when an exception stops the sandbox.

const FRAME = /\bcontract:(\d+):\d+/;
// Frames of the SDK, which tell the author nothing.
const MACHINERY = /\btollgate-sdk\/src\/(guest|contract)\.js:/;

// `runs` has a triple for each run of consecutive lines of one file: the line in the program, the
// index of the file, the line in the file. It is a text, because a list would take memory in every
// sandbox, and it is parsed at most once in a sandbox.
export function inOwnFiles(stack, { files, runs }) {
  const starts = runs.split(";").map((run) => run.split(",").map(Number));
  const mapLine = (line) => line.replace(FRAME, (frame, at) => place(Number(at), files, starts) ?? frame);
  const lines = stack.trimEnd().split("\n").map(mapLine);
  return lines.filter((line) => !MACHINERY.test(line)).join("\n");
}

function place(at, files, starts) {
  const run = starts.findLast(([start]) => start <= at);
  return run && `${files[run[1]]}:${run[2] + at - run[0]}`;
}
