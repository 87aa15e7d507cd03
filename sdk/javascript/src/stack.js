// Where an exception came from, in the author's own files. What runs is one bundled
// program; `tollgate build` puts a table into its first line that says which of the others
// come from where. The runtime calls this when an exception stops the sandbox.

const FRAME = /\bcontract:(\d+):\d+/;
// What called the author's function is no news to the author.
const MACHINERY = /\btollgate-sdk\/src\/(guest|contract)\.js:/;

// `runs` has a triple for each run of lines that lie together in one file: the line in the
// program, the index of the file, the line in the file. It is a text, because a list would
// be in every sandbox's memory, and it is read once in a sandbox at most.
export function inOwnFiles(stack, { files, runs }) {
  const starts = runs.split(";").map((run) => run.split(",").map(Number));
  const translated = (line) => line.replace(FRAME, (frame, at) => place(Number(at), files, starts) ?? frame);
  const lines = stack.trimEnd().split("\n").map(translated);
  return lines.filter((line) => !MACHINERY.test(line)).join("\n");
}

function place(at, files, starts) {
  const run = starts.findLast(([start]) => start <= at);
  return run && `${files[run[1]]}:${run[2] + at - run[0]}`;
}
