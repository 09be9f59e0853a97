// Lint rules; those on imports between rooms are in eslint.arrows.mjs.
import tseslint from "typescript-eslint";
import { againstTheArrows } from "./eslint.arrows.mjs";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "**/*.pb.ts"] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "named exports only" },
        { selector: "TSEnumDeclaration", message: "discriminated unions, no enums" },
      ],
      "max-lines": ["error", { max: 350 }],
    },
  },
  { files: ["vitest.config.ts", "**/hbs.d.ts"], rules: { "no-restricted-syntax": "off" } },
  ...againstTheArrows,
);
