// `npm run typecheck` checks with it what is written in JavaScript. What bench/ imports from dist/ is checked against the
// source in src/, so that it needs no build, and so that an export that is renamed there is missed here.
import ts from 'typescript';

const project = ts.getParsedCommandLineOfConfigFile(
  'tsconfig.scripts.json',
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  },
);
const host = ts.createCompilerHost(project.options);
host.resolveModuleNameLiterals = (literals, importer, redirect, options, file) =>
  literals.map((literal) =>
    ts.resolveModuleName(
      literal.text.replace(/^((?:\.\.\/)+)dist\//, '$1src/'),
      importer,
      options,
      host,
      undefined,
      redirect,
      ts.getModeForUsageLocation(file, literal, options),
    ),
  );

const program = ts.createProgram(project.fileNames, project.options, host);
const diagnostics = [
  ...project.errors,
  ...program.getOptionsDiagnostics(),
  ...project.fileNames
    .map((name) => program.getSourceFile(name))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
];
process.stdout.write(ts.formatDiagnostics(diagnostics, host));
if (diagnostics.length > 0) process.exitCode = 1;
