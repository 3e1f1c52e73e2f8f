// All tests, unless the command line names some.
const named = process.argv.slice(2).some((argument) => /^(\.\/)?test\/|\.test\.ts$/.test(argument));

module.exports = {
  extension: ['ts'],
  spec: named ? [] : ['test/**/*.test.ts'],
  require: ['test/support/hooks.ts'],
  timeout: 60_000,
  parallel: false,
  exit: true,
};
