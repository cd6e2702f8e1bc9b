/**
 * Shapes of the simulator's control API, as far as the page reads them (Discord's own names inside messages).
 *
 * @typedef {{id: string, username: string, global_name?: string | null, bot?: boolean}} User
 * @typedef {{id: string, name: string, role_names: string[], avatar_color?: string}} Person
 * @typedef {{id: string, name: string, type: number, topic?: string, can_view: boolean, can_send: boolean,
 *   last_message_id?: string | null}} Channel a private one has type 1, and no id before it is opened
 * @typedef {{id: string, name: string, color?: number}} Role
 * @typedef {{id: string, name: string, channels: Channel[], roles?: Role[]}} Guild
 * @typedef {{id: string, name: string, online: boolean}} Bot
 * @typedef {{me: {id: string, name: string}, people: Person[], guilds: Guild[], private?: {id: string, last_message_id?: string | null}[],
 *   bot: Bot}} State
 * @typedef {{id: number, target: string, kind: string, status?: number | null, times?: number | null,
 *   hits?: number}} Fault `times` null: until it is mended
 *
 * @typedef {{name: string, value: string, inline?: boolean}} EmbedField
 * @typedef {{url: string, proxy_url?: string, width?: number, height?: number}} Media
 * @typedef {{title?: string, url?: string, description?: string, color?: number, timestamp?: string,
 *   author?: {name: string, url?: string, icon_url?: string}, footer?: {text: string, icon_url?: string},
 *   fields?: EmbedField[], thumbnail?: Media, image?: Media}} Embed
 * @typedef {{id?: string, name?: string}} Emoji
 * @typedef {{label: string, value: string, description?: string, emoji?: Emoji, default?: boolean}} SelectOption
 * @typedef {{type: number, custom_id?: string, style?: number, label?: string, url?: string, emoji?: Emoji,
 *   disabled?: boolean, placeholder?: string, min_values?: number, max_values?: number, min_length?: number,
 *   max_length?: number, required?: boolean, value?: string, description?: string, options?: SelectOption[],
 *   components?: Component[], component?: Component, channel_types?: number[],
 *   default_values?: {id: string | number}[]}} Component
 * @typedef {{id: string, filename: string, url: string, size: number, content_type?: string, width?: number,
 *   height?: number, description?: string}} Attachment
 * @typedef {{id: string, channel_id: string, author: User, content: string, timestamp: string, flags?: number,
 *   edited_timestamp?: string | null, embeds?: Embed[], components?: Component[], attachments?: Attachment[],
 *   pinged?: string[], referenced_message?: Message | null, message_reference?: {message_id?: string},
 *   interaction?: {id: string, name: string, user: User}, interaction_metadata?: Origin}} Message
 *   `pinged`: the people whose client would make a sound
 * @typedef {{interacted_message_id?: string, triggering_interaction_metadata?: Origin}} Origin
 *
 * @typedef {{name: string, value: string | number}} Choice
 * @typedef {{type: number, name: string, description: string, required?: boolean, choices?: Choice[],
 *   autocomplete?: boolean, min_value?: number, max_value?: number, min_length?: number, max_length?: number,
 *   channel_types?: number[], options?: CommandOption[]}} CommandOption
 * @typedef {{id: string, type?: number, name: string, description: string, options?: CommandOption[]}} Command
 * @typedef {{custom_id: string, title: string, components: Component[]}} Modal
 * @typedef {{id: string, state: "answered" | "deferred" | "modal" | "choices" | "failed", message: Message | null,
 *   modal: Modal | null, choices: Choice[] | null, error: string | null}} Answer
 */

export {};
