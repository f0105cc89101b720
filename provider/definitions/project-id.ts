/** The form of a Google Cloud project's id (Cloud Resource Manager: "Creating and managing projects"). */
export const PROJECT_ID = {
  pattern: "^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
  form: "a project id: 6 to 30 lower-case letters, digits and hyphens, a letter first (not the project's name or number)",
} as const;
