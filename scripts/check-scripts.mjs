// `npm run typecheck` runs it to check the JavaScript. Imports of dist/ in bench/ are checked against the source in src/:
// no build is needed, and a renamed export is an error here instead of in a benchmark.
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
