// All tests, unless the command line names files or folders of them.
const named = process.argv.slice(2).some((argument) => /\.test\.ts$|^(\.\/)?test(\/[\w-]+)*\/?$/.test(argument));

module.exports = {
  extension: ['ts'],
  spec: named ? [] : ['test/**/*.test.ts'],
  require: ['test/support/hooks.ts'],
  timeout: 60_000,
  parallel: false,
  exit: true,
};
