// Templates come as text: by the bundler's loader, in tests by a plugin of vitest.config.ts.
declare module "*.hbs" {
  const text: string;
  export default text;
}
