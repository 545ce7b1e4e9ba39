import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "src/songcau/static/", ".venv/", "dist/", "**/*.js", "tests/**/*.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-eval": "error",
      "no-new-func": "error",
      "no-console": "error",
    },
  },
);
