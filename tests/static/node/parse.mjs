// Reads {file: text} on standard input and prints what GitHub's parser has against each file, as {file: [problem]}.
import {readFileSync} from "node:fs";
import {NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow} from "@actions/workflow-parser";
import {parseAction} from "@actions/workflow-parser/actions/action-parser";

const trace = new NoOperationTraceWriter();

async function problems(name, content) {
  const file = {name, content};
  if (name.endsWith("action.yml")) {
    return parseAction(file, trace).context.errors.getErrors();
  }
  const {context, value} = parseWorkflow(file, trace);
  const template = value ? await convertWorkflowTemplate(context, value) : {};
  return [...context.errors.getErrors(), ...(template.errors ?? []).map(error => ({message: error.Message}))];
}

async function main() {
  const found = {};
  for (const [name, content] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
    found[name] = [...new Set((await problems(name, content)).map(problem => problem.message))];
  }
  process.stdout.write(JSON.stringify(found));
}

main();
