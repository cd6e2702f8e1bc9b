/** Registered commands as a person types them: subcommands become paths such as "deals latest". */

/**
 * @typedef {import("./types.js").Command} Command
 * @typedef {import("./types.js").CommandOption} CommandOption
 * @typedef {{id: string, path: string, description: string, options: CommandOption[]}} SlashCommand
 */

const SLASH = 1;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
const SHOWN_MAX = 25;

/** @param {Command[]} commands @returns {SlashCommand[]} in alphabetical order */
export function slashCommands(commands) {
  const slash = commands.filter((command) => (command.type ?? SLASH) === SLASH);
  return slash
    .flatMap((command) => leaves(command.id, command.name, command))
    .sort((one, other) => one.path.localeCompare(other.path));
}

function leaves(id, path, node) {
  const options = node.options ?? [];
  const branches = options.filter((option) => option.type === SUBCOMMAND || option.type === SUBCOMMAND_GROUP);
  if (branches.length === 0) return [{ id, path, description: node.description, options }];
  return branches.flatMap((branch) => leaves(id, `${path} ${branch.name}`, branch));
}

/**
 * @param {SlashCommand[]} commands
 * @param {string} typed what stands in the composer, with or without the slash
 * @returns {SlashCommand[]} best matches first: path begins so, path contains it, description contains it
 */
export function matchCommands(commands, typed) {
  const wanted = typed.replace(/^\//, "").trim().toLowerCase();
  const rank = ({ path, description }) => {
    if (path.startsWith(wanted)) return 0;
    if (path.includes(wanted)) return 1;
    return description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  const ranked = commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((each) => each.rank < 3);
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .slice(0, SHOWN_MAX)
    .map((each) => each.command);
}
