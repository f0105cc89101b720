/** Forms of values that several definitions take, as words of JSON Schema. */

/** The id of a Google Cloud project (Cloud Resource Manager: "Creating and managing projects"). */
export const PROJECT_ID = {
  pattern: "^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
  form: "a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first (not the project's name or number)",
} as const;

export const DOMAIN = {
  pattern: "^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?$",
  form: "a domain such as northwind.example",
  maxLength: 253,
} as const;
